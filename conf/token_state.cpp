#include "conf/token_state.h"
#include "conf/secret_file.h"
#include "conf/section.h"
#include "conf/write_file.h"
#include "net/failure.h"
#include <limits>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::conf {
namespace {

constexpr std::size_t most_bytes = 16u << 10;

[[noreturn]] void unusable(const std::filesystem::path& file, const std::string& why)
{
    throw std::system_error(make_error_code(Error::invalid_value), file.string() + ": " + why);
}

std::string to_text(const TokenState& state)
{
    std::string text = "# Written by ysnprunner when GitLab replaced a token; it wins over the configured one.\n";
    text += "id: " + std::to_string(state.id) + "\n";
    text += "token: '" + std::string(state.token.reveal()) + "'\n";
    if (state.obtained_at) text += "token_obtained_at: " + to_string(*state.obtained_at) + "\n";
    if (state.expires_at) text += "token_expires_at: " + to_string(*state.expires_at) + "\n";
    return text;
}

/// Creates <state_dir>/tokens; when root does it, for the owner of the state directory.
void prepare_folder(const std::filesystem::path& folder)
{
    struct stat status {};
    if (::stat(folder.c_str(), &status) == 0) return;
    std::filesystem::create_directories(folder.parent_path());
    if (::mkdir(folder.c_str(), 0700) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot create " + folder.string());
    if (::geteuid() == 0 && ::stat(folder.parent_path().c_str(), &status) == 0 &&
        ::chown(folder.c_str(), status.st_uid, status.st_gid) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot set the owner of " + folder.string());
}

} // namespace

std::filesystem::path token_state_file(const std::filesystem::path& state_dir, const Secret& configured)
{
    const std::string_view token = configured.reveal();
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest);
    std::string name;
    for (std::size_t index = 0; index < sizeof digest / 2; ++index) {
        constexpr char hex[] = "0123456789abcdef";
        name += hex[digest[index] >> 4];
        name += hex[digest[index] & 15];
    }
    return state_dir / "tokens" / (name + ".yml");
}

void save_token_state(const std::filesystem::path& file, const TokenState& state)
{
    if (state.token.reveal().find_first_of("'\r\n") != std::string_view::npos) unusable(file, "not a token");
    prepare_folder(file.parent_path());
    std::string text = to_text(state);
    try {
        write_file(file, text, Readers::owner);
    } catch (...) {
        wipe(text);
        throw;
    }
    wipe(text);
}

std::optional<TokenState> load_token_state(const std::filesystem::path& file)
{
    std::error_code error;
    if (!std::filesystem::exists(file, error) && !error) return std::nullopt;
    std::string why;
    auto text = read_small_file(file, most_bytes, why);
    if (!text) unusable(file, why);
    Report report;
    auto tree = parse_yaml(*text, file.string(), report);
    wipe(*text);
    if (!tree) unusable(file, "not readable as YAML");
    TokenState state;
    std::string token;
    Section section(&*tree, file.string(), "", report);
    section.read_number("id", state.id, 0, std::numeric_limits<std::int64_t>::max());
    section.read("token", token);
    section.read("token_obtained_at", state.obtained_at);
    section.read("token_expires_at", state.expires_at);
    state.token = take_secret(token);
    if (report.failed() || state.token.empty())
        unusable(file, "does not hold a token; restore it or remove it and register again");
    return state;
}

void remove_token_state(const std::filesystem::path& file)
{
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
}

} // namespace ysnp::conf
