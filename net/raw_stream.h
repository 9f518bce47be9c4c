#pragma once
#include "net/http.h"
#include "net/stream.h"
#include <memory>
#include <string_view>

namespace ysnp::net {

/// Makes a connection that left HTTP a RawStream; `leftover` are the bytes that had come past the head.
std::unique_ptr<RawStream> raw_stream(std::unique_ptr<Stream> stream, std::string_view leftover);

} // namespace ysnp::net
