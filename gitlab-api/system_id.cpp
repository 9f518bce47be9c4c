#include "gitlab-api/system_id.h"
#include "net/failure.h"
#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::gitlab {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view blanks = " \t\r\n";

std::string_view trim(std::string_view text)
{
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The first bytes of a small file; nothing when there is none. Throws when it cannot be read.
std::optional<std::string> read_small(const std::filesystem::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    std::array<char, 256> bytes;
    const auto got = file < 0 ? -1 : ::read(file, bytes.data(), bytes.size());
    const int error = errno;
    if (file >= 0) ::close(file);
    if (got < 0)
        throw std::system_error(
            make_error_code(Error::invalid_value),
            fmt::format("{} cannot be read: {}", path.string(), std::generic_category().message(error)));
    return std::string(bytes.data(), static_cast<std::size_t>(got));
}

std::optional<std::string> read_machine_id(const std::filesystem::path& path)
try {
    const auto text = read_small(path);
    if (!text || trim(*text).empty()) return std::nullopt;
    return std::string(trim(*text));
} catch (const std::system_error&) {
    return std::nullopt; // a machine id that we may not read is none
}

/// Written beside and renamed, so that a crash leaves the old one or the new one. Says why it could not.
std::string write_file(const std::filesystem::path& path, const std::string& text)
{
    const auto draft = path.string() + ".new";
    const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    written = written && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (written && ::rename(draft.c_str(), path.c_str()) == 0) return {};
    const auto reason = std::generic_category().message(errno);
    ::unlink(draft.c_str());
    return fmt::format("the system id could not be kept in {}: {}", path.string(), reason);
}

SystemId make(const std::filesystem::path& file, const std::optional<std::string>& machine)
{
    SystemId id;
    id.value = machine ? system_id_of_machine(*machine) : random_system_id();
    const std::string trouble = write_file(file, id.value + "\n");
    if (!machine && !trouble.empty())
        id.warning = trouble + "; after a restart GitLab will see another machine";
    else if (std::filesystem::exists(file.parent_path()))
        id.warning = trouble; // a folder that is still to come is no trouble: the id comes out the same next time
    return id;
}

} // namespace

std::string system_id_of_machine(std::string_view machine_id)
{
    constexpr std::string_view message = "gitlab-runner";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    HMAC(EVP_sha256(), machine_id.data(), static_cast<int>(machine_id.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(), &size);
    std::string id = "s_";
    for (std::size_t i = 0; i < 6; ++i) id += fmt::format("{:02x}", digest[i]);
    return id;
}

std::string random_system_id()
{
    std::string id = "r_";
    while (id.size() < 14) {
        unsigned char byte = 0;
        if (RAND_bytes(&byte, 1) != 1)
            throw std::system_error(make_error_code(Error::invalid_value), "the system's random numbers");
        // Bytes past the last whole round are dropped, so that every character is equally likely.
        if (byte < 256 / alphabet.size() * alphabet.size()) id += alphabet[byte % alphabet.size()];
    }
    return id;
}

std::optional<std::string> parse_system_id(std::string_view text)
{
    const auto id = trim(text);
    const bool fit = id.size() == 14 && (id.starts_with("s_") || id.starts_with("r_")) &&
                     id.find_first_not_of(alphabet, 2) == std::string_view::npos;
    if (!fit) return std::nullopt;
    return std::string(id);
}

SystemId load_system_id(const std::filesystem::path& file, const std::filesystem::path& machine_id)
{
    const auto machine = read_machine_id(machine_id);
    const auto text = read_small(file);
    const auto known = text ? parse_system_id(*text) : std::nullopt;
    if (!known) return make(file, machine);
    SystemId id{*known, {}};
    if (machine && known->starts_with("s_") && *known != system_id_of_machine(*machine))
        id.warning = fmt::format("{} holds the system id of another machine: was it copied with an image? GitLab takes "
                                 "machines with one id for the same; delete the file to get an own one",
                                 file.string());
    return id;
}

} // namespace ysnp::gitlab
