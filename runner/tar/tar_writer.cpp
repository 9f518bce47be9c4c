#include "runner/tar/tar_writer.h"
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace ysnp::tar {
namespace {

using Block = std::array<char, block>;

struct Field {
    std::size_t at, size;
};
// The ustar header of POSIX.1-2017.
constexpr Field f_name{0, 100}, f_mode{100, 8}, f_uid{108, 8}, f_gid{116, 8}, f_size{124, 12}, f_mtime{136, 12},
    f_checksum{148, 8}, f_link{157, 100}, f_magic{257, 8}, f_prefix{345, 155};
constexpr std::size_t type_at = 156;

void require_text(std::string_view text, const char* what)
{
    if (!text.empty() && text.find('\0') == std::string_view::npos) return;
    throw std::system_error(std::make_error_code(std::errc::invalid_argument), what);
}

void put_text(Block& into, Field field, std::string_view text)
{
    std::memcpy(into.data() + field.at, text.data(), std::min(text.size(), field.size));
}

constexpr std::uint64_t octal_limit(Field field) { return std::uint64_t{1} << (3 * (field.size - 1)); }

void put_octal(Block& into, Field field, std::uint64_t value)
{
    for (std::size_t digit = field.size - 1; digit-- > 0; value >>= 3)
        into[field.at + digit] = static_cast<char>('0' + (value & 7));
}

bool ascii(std::string_view text)
{
    for (const unsigned char c : text)
        if (c < 0x20 || c > 0x7e) return false;
    return true;
}

/// One pax record "LENGTH KEY=VALUE\n"; the length counts its own digits.
std::string record(std::string_view key, std::string_view value)
{
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t length = rest + std::to_string(rest).size();
    if (std::to_string(length).size() != std::to_string(rest).size()) length = rest + std::to_string(length).size();
    return std::to_string(length) + ' ' + std::string(key) + '=' + std::string(value) + '\n';
}

/// Where `path` can be cut so that both parts fit ustar's prefix and name; npos where it cannot.
std::size_t cut(std::string_view path)
{
    const std::size_t from = path.size() > f_name.size + 1 ? path.size() - f_name.size - 1 : 0;
    const std::size_t slash = path.find('/', from);
    const bool fits = slash != 0 && slash <= f_prefix.size && slash + 1 < path.size();
    return fits ? slash : std::string_view::npos;
}

bool fits_name(std::string_view path)
{
    return ascii(path) && (path.size() <= f_name.size || cut(path) != std::string_view::npos);
}

void seal(Block& header)
{
    std::memset(header.data() + f_checksum.at, ' ', f_checksum.size);
    unsigned sum = 0;
    for (const unsigned char c : header) sum += c;
    put_octal(header, {f_checksum.at, 7}, sum);
    header[f_checksum.at + 6] = '\0';
}

void put_path(Block& into, std::string_view path)
{
    const std::size_t slash = path.size() > f_name.size ? cut(path) : std::string_view::npos;
    if (slash == std::string_view::npos) return put_text(into, f_name, path);
    put_text(into, f_prefix, path.substr(0, slash));
    put_text(into, f_name, path.substr(slash + 1));
}

std::string ustar(std::string_view path, char type, const Entry& entry)
{
    Block header{};
    put_path(header, path);
    put_octal(header, f_mode, entry.mode & 07777);
    put_octal(header, f_uid, entry.uid < octal_limit(f_uid) ? entry.uid : 0);
    put_octal(header, f_gid, entry.gid < octal_limit(f_gid) ? entry.gid : 0);
    put_octal(header, f_size, entry.size < octal_limit(f_size) ? entry.size : 0);
    const bool plain_time = entry.mtime >= 0 && static_cast<std::uint64_t>(entry.mtime) < octal_limit(f_mtime);
    put_octal(header, f_mtime, plain_time ? static_cast<std::uint64_t>(entry.mtime) : 0);
    header[type_at] = type;
    put_text(header, f_link, entry.link_target);
    put_text(header, f_magic,
             std::string_view("ustar\0"
                              "00",
                              8));
    seal(header);
    return {header.data(), header.size()};
}

std::string pax_records(const Entry& entry, std::string_view path)
{
    std::string records;
    if (!fits_name(path)) records += record("path", path);
    if (entry.link_target.size() > f_link.size || !ascii(entry.link_target))
        records += record("linkpath", entry.link_target);
    if (entry.size >= octal_limit(f_size)) records += record("size", std::to_string(entry.size));
    if (entry.uid >= octal_limit(f_uid)) records += record("uid", std::to_string(entry.uid));
    if (entry.gid >= octal_limit(f_gid)) records += record("gid", std::to_string(entry.gid));
    if (entry.mtime < 0 || static_cast<std::uint64_t>(entry.mtime) >= octal_limit(f_mtime))
        records += record("mtime", std::to_string(entry.mtime));
    return records;
}

std::string pax_header(const std::string& records)
{
    Entry extension;
    extension.size = records.size();
    std::string blocks = ustar("pax_header", 'x', extension);
    blocks += records;
    blocks += zeros(padding(records.size()));
    return blocks;
}

} // namespace

std::string header(const Entry& entry)
{
    require_text(entry.path, "tar: a path is empty or holds a NUL");
    if (entry.type == Type::symlink) require_text(entry.link_target, "tar: a link target is empty or holds a NUL");
    std::string path = entry.path;
    if (entry.type == Type::directory && path.back() != '/') path += '/';
    const std::string records = pax_records(entry, path);
    std::string blocks = records.empty() ? std::string() : pax_header(records);
    return blocks += ustar(path, static_cast<char>(entry.type), entry);
}

std::string_view zeros(std::size_t count)
{
    static constexpr char bytes[3 * block]{};
    return {bytes, std::min(count, sizeof bytes)};
}

std::string_view end_of_archive() { return zeros(2 * block); }

void Writer::put(std::string_view bytes)
{
    if (bytes.empty()) return;
    sink_(bytes);
    written_ += bytes.size();
}

void Writer::close_member()
{
    if (missing_ != 0) throw std::logic_error("tar: a member's content is shorter than its header says");
    put(zeros(padding_));
    padding_ = 0;
}

void Writer::begin(const Entry& entry)
{
    close_member();
    put(header(entry));
    missing_ = entry.type == Type::file ? entry.size : 0;
    padding_ = padding(missing_);
}

void Writer::write(std::string_view bytes)
{
    if (bytes.size() > missing_) throw std::logic_error("tar: a member's content is longer than its header says");
    put(bytes);
    missing_ -= bytes.size();
}

void Writer::file(Entry entry, std::string_view content)
{
    entry.type = Type::file;
    entry.size = content.size();
    begin(entry);
    write(content);
}

void Writer::finish()
{
    close_member();
    put(end_of_archive());
}

} // namespace ysnp::tar
