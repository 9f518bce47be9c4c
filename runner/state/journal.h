#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::state {

/// The journal's own number of a job; GitLab's job ids repeat between GitLabs.
using JobRow = std::int64_t;

/// What is known when a job was received. No token, no key, no variable's value: those live in `secrets_file`.
struct NewJob {
    std::string runner; // name in the configuration
    std::string gitlab; // origin
    std::int64_t job_id = 0;
    std::string project; // full path
    std::string job_name;
    std::string secrets_file; // path of the job's file in memory (SecretsFile)
    std::string nonce;        // random label that our containers, volumes and networks of this job carry
    std::string digest;       // of the payload that was decided on
    std::int64_t timeout = 0; // seconds
};

/// The steps of a job, each written before its effect. Their order is the order of a job's life.
enum class Step {
    accepted,  ///< received from GitLab
    decided,   ///< value: pass, or the refusal's code
    volume,    ///< value: name, before it is created
    network,   ///< value: name or id, before the job is attached to it
    container, ///< value: name, before it is created
    service,   ///< value: name; may come more than once
    started,   ///< value: the container's id; before it is started
    stage,     ///< value: name of the stage that begins
    trace,     ///< value: how far GitLab has the trace
    agent,     ///< value: the version of the protocol that the container's agent speaks
    result,    ///< value: "success", or the failure reason with its exit code; before it is sent
    // kept as numbers in the file: what is new comes last, and 11 and 12 were others'
    asked = 13, ///< value: id of the request for a person's approval; while only offsets follow nothing of the job has
                ///< begun
};

struct StepRow {
    Step step;
    std::string value;
    std::chrono::system_clock::time_point at;
};

/// A job that a runner left behind: everything needed to report it and to remove or adopt what it owns.
struct OpenJob {
    JobRow row = 0;
    NewJob job;
    std::vector<StepRow> steps; // in the order they were written
    std::chrono::system_clock::time_point accepted_at;

    /// The newest value of a step; nothing where it never came.
    std::optional<std::string> last(Step step) const;
    bool reached(Step step) const;
    /// Waits for people: the request's id; nothing otherwise.
    std::optional<std::string> waits_for() const;
};

/// Requests for approval of one content of a job in the last `Journal::asks_count` that nobody approved, since somebody
/// did last.
struct Asks {
    std::int64_t denied = 0;
    std::int64_t unanswered = 0;                  ///< ran out, canceled, cut off by a crash, or still open
    std::chrono::system_clock::time_point newest; ///< when the last of them was denied, or made
};

/// The runner's memory over crashes: SQLite in `state_dir`, write-ahead log, durable before begin() and step() return
/// (but for `Durability::later`). All calls block: use on_pool. One Journal per process; calls may come from several
/// threads. Throws system_error that names the file: Failure::invalid (corrupt, or written by a newer version: says
/// so), Failure::denied (cannot be opened or written), Failure::transient (locked by another process),
/// Failure::too_large (the disk is full).
class Journal {
public:
    static constexpr int schema_version = 2; ///< of the file, kept in it; older ones are brought up to it

    /// Opens, or creates with mode 0600. Refuses files that others may write.
    explicit Journal(const std::filesystem::path& file);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    struct Entry {
        Step step;
        std::string value;
    };
    /// `later` reaches the disk with the next durable write or at close: for what is only useful, such as offsets.
    enum class Durability { now, later };

    /// Records a job and, in the same transaction, its first steps (one fsync in all). A job that is open already (same
    /// GitLab, same id) throws (Failure::conflict).
    JobRow begin(const NewJob& job, const std::vector<Entry>& first_steps = {});
    void step(JobRow job, Step step, std::string value = {}, Durability durability = Durability::now);
    /// Several steps, one transaction.
    void steps(JobRow job, const std::vector<Entry>& entries, Durability durability = Durability::now);
    /// The job is over: it leaves the list of open jobs, and its steps are forgotten but for the names of containers,
    /// which may still be there.
    void close(JobRow job);
    /// Jobs begun and not closed, oldest first.
    std::vector<OpenJob> open_jobs() const;
    /// Whether a job that is remembered, open or closed, made a container of this name.
    bool made_container(const std::string& name) const;
    /// The digest of the newest job of this GitLab with this id, open or closed; nothing where none is remembered. An
    /// id that comes again with other content is not to be run.
    std::optional<std::string> remembered(const std::string& gitlab, std::int64_t job_id) const;
    static constexpr std::chrono::hours asks_count{24};
    /// What became of the requests about `subject` that were made before the one with this nonce.
    Asks asks_before(const std::string& subject, const std::string& nonce) const;
    /// A request is about to be made; counts as unanswered until it is denied or approved. Once for each nonce.
    void ask(const std::string& subject, const std::string& nonce);
    void denied(const std::string& nonce);
    /// People agreed: all that was asked about `subject` is forgotten.
    void approved(const std::string& subject);

    /// Forgets closed jobs older than `age`; returns how many.
    std::size_t prune(std::chrono::hours age);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::state
