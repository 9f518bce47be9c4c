#include "runner/cli/runner_file.h"
#include "conf/secret_file.h"
#include "conf/token_state.h"
#include "conf/write_file.h"
#include <cctype>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::cli {
namespace {

constexpr std::string_view mark = "# Written by `ysnprunner register`";

/// A YAML single-quoted scalar.
std::string in_yaml(std::string_view text)
{
    std::string out = "'";
    for (const char letter : text) out += letter == '\'' ? std::string("''") : std::string(1, letter);
    return out + "'";
}

std::string file_name(const std::string& name)
{
    std::string out;
    for (const char letter : name.substr(0, 100)) {
        const bool plain =
            std::isalnum(static_cast<unsigned char>(letter)) || letter == '-' || letter == '_' || letter == '.';
        out += plain ? letter : '-';
    }
    return out.empty() || out[0] == '.' ? "runner" + out : out;
}

/// The folder, with the group and mode of its parent where root makes it for the service.
void make_folder(const std::filesystem::path& folder)
{
    struct stat parent {};
    if (std::filesystem::exists(folder)) return;
    std::filesystem::create_directories(folder.parent_path());
    if (::mkdir(folder.c_str(), 0750) != 0 || ::stat(folder.parent_path().c_str(), &parent) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot create " + folder.string());
    if (::geteuid() == 0 && ::chown(folder.c_str(), 0, parent.st_gid) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot set the group of " + folder.string());
}

std::string minimal_config()
{
    return "# ysnprunner's configuration; see ysnprunner(1). Runners stand in runners.d/.\n"
           "concurrent: 1\n"
           "\n"
           "gate:\n"
           "  mode: enforce\n";
}

} // namespace

RunnerFiles files_for(const std::filesystem::path& config, const std::string& name)
{
    const auto folder = std::filesystem::absolute(config).parent_path();
    const std::string base = file_name(name);
    for (int number = 1;; ++number) {
        const std::string stem = number == 1 ? base : base + "-" + std::to_string(number);
        RunnerFiles files{folder / "runners.d" / (stem + ".yml"), folder / "tokens" / stem};
        if (!std::filesystem::exists(files.entry) && !std::filesystem::exists(files.token)) return files;
    }
}

std::string entry_text(const NewRunner& runner, const std::filesystem::path& token_file)
{
    std::string text = std::string(mark) + " on " + conf::to_string(runner.obtained_at) +
                       ".\n# Yours to edit: ysnprunner reads it, and removes it on `unregister`.\n";
    text += "name: " + in_yaml(runner.name) + "\n";
    text += "url: " + in_yaml(runner.url) + "\n";
    for (const auto& [key, file] : {std::pair("tls_ca_file", runner.tls.ca_file),
                                    {"tls_cert_file", runner.tls.cert_file},
                                    {"tls_key_file", runner.tls.key_file}})
        if (!file.empty()) text += std::string(key) + ": " + in_yaml(file) + "\n";
    text += "id: " + std::to_string(runner.id) + "\n";
    text += "token_file: " + in_yaml(token_file.string()) + "\n";
    text += "token_obtained_at: " + conf::to_string(runner.obtained_at) + "\n";
    if (runner.expires_at) text += "token_expires_at: " + conf::to_string(*runner.expires_at) + "\n";
    if (!runner.docker_image.empty()) text += "docker:\n  image: " + in_yaml(runner.docker_image) + "\n";
    return text;
}

RunnerFiles write_runner(const std::filesystem::path& config, const NewRunner& runner)
{
    const RunnerFiles files = files_for(config, runner.name);
    make_folder(files.entry.parent_path());
    make_folder(files.token.parent_path());
    if (!std::filesystem::exists(config)) conf::write_file(config, minimal_config(), conf::Readers::owner_and_group);
    std::string token = std::string(runner.token.reveal()) + "\n";
    conf::write_file(files.token, token, conf::Readers::owner_and_group);
    wipe(token);
    try {
        conf::write_file(files.entry, entry_text(runner, files.token), conf::Readers::owner_and_group);
    } catch (...) {
        std::filesystem::remove(files.token);
        throw;
    }
    return files;
}

bool remove_runner(const conf::Runner& runner)
{
    std::string error;
    const auto text = conf::read_small_file(runner.source, 1u << 20, error);
    if (!text || !text->starts_with(mark)) return false;
    std::filesystem::remove(runner.source);
    if (!runner.token_file.empty()) {
        std::error_code ignored;
        std::filesystem::remove(runner.token_file, ignored);
    }
    if (!runner.token_state.empty()) conf::remove_token_state(runner.token_state);
    return true;
}

} // namespace ysnp::cli
