#include "runner/policy/vault_anchors.h"
#include "net/failure.h"
#include "runner/policy/vault_fault.h"
#include "vault/client.h"

namespace ysnp::policy {
namespace {

using audit::Anchor;
using boost::asio::awaitable;

constexpr const char* lost_anchor = "find out who wrote it; where the chain is lost for good, a person removes that "
                                    "document, and the runner anchors anew";

std::optional<Anchor> anchor_in(const vault::Document& document, const std::string& path)
{
    if (!document.text) return std::nullopt;
    std::string problem;
    std::optional<Anchor> anchor = audit::read_anchor(*document.text, problem);
    if (!anchor)
        throw StoreFault(make_error_code(Error::invalid_value), path, "a document that is no anchor: " + problem,
                         "the head of an audit chain", lost_anchor);
    return anchor;
}

std::string place(const audit::Position& at) { return "record " + std::to_string(at.seq) + " (" + at.hash + ")"; }

/// Whether there is anything to write.
bool moves_forward(const Anchor& there, const Anchor& fresh, const std::string& path)
{
    if (there.at.seq < fresh.at.seq) return true;
    if (there.at.seq == fresh.at.seq && there.at.hash == fresh.at.hash) return false;
    throw StoreFault(http_status_code(409), path, place(there.at) + " of host " + there.host,
                     "an earlier record than " + place(fresh.at),
                     "two runners share this system id, or the chain was replaced: `ysnprunner audit verify`");
}

/// The version that a write expects there; KV v1 has none to expect.
std::optional<std::uint64_t> expected_version(const vault::Document& document)
{
    if (document.version == 0 && document.text) return std::nullopt;
    return document.version;
}

awaitable<void> write_to(vault::Client& client, Anchor anchor, std::string path, Deadline until)
{
    const vault::Document document = co_await client.read(path, until);
    const std::optional<Anchor> there = anchor_in(document, path);
    if (there && !moves_forward(*there, anchor, path)) co_return;
    std::string text = audit::write_anchor(anchor);
    const auto version = expected_version(document);
    co_await client.write(path, std::move(text), version, until);
}

} // namespace

std::string anchor_path(const std::string& system_id) { return "ysnprunner/audit/" + system_id; }

awaitable<std::optional<Anchor>> VaultAnchors::read(std::string system_id, Deadline until)
{
    const std::string path = anchor_path(system_id);
    try {
        const vault::Document document = co_await client_.read(path, until);
        co_return anchor_in(document, path);
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
}

awaitable<void> VaultAnchors::write(Anchor anchor, Deadline until)
{
    std::string path = anchor_path(anchor.system_id);
    try {
        co_await write_to(client_, std::move(anchor), std::move(path), until);
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
}

} // namespace ysnp::policy
