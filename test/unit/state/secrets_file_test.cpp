#include "net/failure.h"
#include "runner/state/journal.h"
#include "runner/state/secrets_file.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::state {

namespace {

constexpr std::string_view token = "glcbt-64_canary-of-the-job-token", key{"canary\0frame\xFFkey", 16};

JobSecrets sample()
{
    JobSecrets secrets;
    secrets.job_token = Secret(token);
    secrets.frame_key = Secret(key);
    return secrets;
}

template <class Work>
std::system_error failure_of(Work work)
{
    try {
        work();
    } catch (const std::system_error& e) {
        return e;
    }
    FAIL("nothing was thrown");
    return std::system_error(std::error_code());
}

std::string content(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_CASE("a job that waits for people is kept whole beside its secrets, and gone once it is written without")
{
    test::TempDir folder;
    const SecretsFile files(folder / "run", SecretsFile::Folder::any);
    const std::string payload(200'000, 'p');
    for (const bool asked : {false, true}) {
        JobSecrets secrets = sample();
        secrets.waiting = WaitingJob{Secret(payload), Secret("{}"), Secret(std::string_view("log\0\n", 5)), asked};
        const JobSecrets back = files.read(files.write("job-42", secrets));
        CHECK(back.frame_key.reveal() == key);
        REQUIRE(back.waiting);
        CHECK(back.waiting->payload.reveal() == payload);
        CHECK(back.waiting->request.reveal() == "{}");
        CHECK(back.waiting->log.reveal() == std::string_view("log\0\n", 5));
        CHECK(back.waiting->asked == asked);
    }
    const auto file = files.write("job-42", sample());
    CHECK_FALSE(files.read(file).waiting);
    CHECK(content(file).find('p' + std::string("ppp")) == std::string::npos);
}

TEST_CASE("a job's secrets come back as they were, from a file of mode 0600")
{
    test::TempDir folder;
    const SecretsFile files(folder / "run", SecretsFile::Folder::any);
    const auto file = files.write("job-42", sample());
    CHECK(file == folder / "run" / "job-42");
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    REQUIRE(::stat((folder / "run").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
    const auto back = SecretsFile(folder / "run", SecretsFile::Folder::any).read(file);
    CHECK(back.job_token.reveal() == token);
    CHECK(back.frame_key.reveal() == key);
    files.write("job-42", sample()); // again: replaces it whole
    CHECK(std::distance(std::filesystem::directory_iterator(folder / "run"), {}) == 1);
    files.remove(file);
    CHECK_FALSE(std::filesystem::exists(file));
    files.remove(file); // twice is fine
    CHECK(failure_of([&] { files.read(file); }).code() == Failure::missing);
}

TEST_CASE("a file that others could read or have placed is refused")
{
    test::TempDir folder;
    const SecretsFile files(folder / "run", SecretsFile::Folder::any);
    const auto file = files.write("job", sample());
    ::chmod(file.c_str(), 0640);
    CHECK(failure_of([&] { files.read(file); }).code() == Failure::untrusted);
    ::chmod(file.c_str(), 0600);
    std::filesystem::create_hard_link(file, folder / "run" / "second");
    CHECK(failure_of([&] { files.read(file); }).code() == Failure::untrusted);
    std::filesystem::remove(folder / "run" / "second");
    std::filesystem::create_symlink(file, folder / "run" / "link");
    CHECK(failure_of([&] { files.read(folder / "run" / "link"); }).code() == Failure::untrusted);
    REQUIRE(::mkfifo((folder / "run" / "pipe").c_str(), 0600) == 0);
    CHECK(failure_of([&] { files.read(folder / "run" / "pipe"); }).code() == Failure::untrusted);
    if (::geteuid() == 0) {
        REQUIRE(::chown(file.c_str(), 12345, 12345) == 0);
        CHECK(failure_of([&] { files.read(file); }).code() == Failure::untrusted);
    }
}

TEST_CASE("only plain names inside the folder are read, written or removed, whatever the journal says")
{
    test::TempDir folder;
    const SecretsFile files(folder / "run", SecretsFile::Folder::any);
    std::ofstream(folder / "precious") << "x";
    for (const auto* name : {"../precious", "a/b", "", ".hidden", "a b"}) {
        CHECK(failure_of([&] { files.write(name, sample()); }).code() == Failure::invalid);
        CHECK(failure_of([&] { files.read(folder / "run" / name); }).code() == Failure::invalid);
        CHECK(failure_of([&] { files.remove(folder / "run" / name); }).code() == Failure::invalid);
    }
    CHECK(failure_of([&] { files.remove(folder / "precious"); }).code() == Failure::invalid);
    CHECK(std::filesystem::exists(folder / "precious"));
}

TEST_CASE("a cut or foreign file is refused")
{
    test::TempDir folder;
    const SecretsFile files(folder / "run", SecretsFile::Folder::any);
    const auto file = files.write("job", sample());
    for (const std::uintmax_t size :
         {std::uintmax_t{0}, std::uintmax_t{5}, std::uintmax_t{17}, std::filesystem::file_size(file) - 1}) {
        std::filesystem::resize_file(file, size);
        CHECK(failure_of([&] { files.read(file); }).code() == Failure::invalid);
        files.write("job", sample());
    }
}

TEST_CASE("a folder that others can enter, or that is on a disk, takes no secrets")
{
    test::TempDir folder;
    std::filesystem::create_directory(folder / "open");
    ::chmod((folder / "open").c_str(), 0755);
    CHECK(failure_of([&] { SecretsFile files(folder / "open", SecretsFile::Folder::any); }).code() ==
          Failure::untrusted);
    const auto in_memory = std::filesystem::path("/dev/shm") / ("ysnp-secrets-" + std::to_string(::getpid()));
    CHECK(SecretsFile(in_memory).write("job", sample()) == in_memory / "job");
    std::filesystem::remove_all(in_memory);
    const auto on_disk = std::filesystem::path(YSNP_BINARY_DIR) / ("secrets-" + std::to_string(::getpid()));
    const auto refused = failure_of([&] { SecretsFile files(on_disk); });
    CHECK(refused.code() == Failure::invalid);
    CHECK(std::string(refused.what()).find("tmpfs") != std::string::npos);
    std::filesystem::remove_all(on_disk);
}

TEST_CASE("no secret of a job is in any file of the journal [INV-13]")
{
    test::TempDir folder;
    const SecretsFile files(folder / "run", SecretsFile::Folder::any);
    const auto file = files.write("job-1", sample());
    Journal journal(folder / "journal.db");
    NewJob job;
    job.gitlab = "https://gitlab.example.com:443";
    job.job_id = 1;
    job.secrets_file = file;
    const auto row = journal.begin(job, {{Step::accepted, ""}});
    journal.step(row, Step::result, "success");
    int looked_at = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        if (!entry.is_regular_file()) continue;
        ++looked_at;
        const auto bytes = content(entry.path());
        CHECK(bytes.find("canary") == std::string::npos);
    }
    CHECK(looked_at >= 2); // the database and its log
    CHECK(content(file).find(token) != std::string::npos);
}

} // namespace ysnp::state
