#pragma once
#include "docker/attached_stream.h"
#include "docker/container.h"
#include "docker/engine_error.h"
#include "docker/objects.h"
#include "docker/reference.h"
#include "net/http.h"
#include "net/wait.h"
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace ysnp::docker {

struct EngineOptions {
    std::string socket_path = "/var/run/docker.sock";
    std::chrono::seconds pull_idle{180}; ///< a pull without a byte for so long is given up
};

/// Proves who pulls: the value of X-Registry-Auth, ready to send. Empty: anonymous.
struct RegistryAuth {
    Secret header;
    std::string source; ///< where it came from, for the job's log; never secret
};

struct PullProgress {
    std::string layer, status;
    std::uint64_t current = 0, total = 0;
};
struct PullResult {
    std::string digest;    ///< "sha256:…" of what the tag or digest meant; empty when the Engine did not say
    bool complete = false; ///< the Engine confirmed the end; else only inspect can tell
};

/// What the Engine tells of somebody's doing.
struct EngineEvent {
    std::string type, action;  ///< "container", "exec_create: sh -c id"
    std::string subject, name; ///< the id and the name of what it happened to
    ContainerId container;     ///< that it concerns: the subject, or who was connected to it; may be empty
    std::int64_t at = 0;       ///< nanoseconds of the Engine's clock
};
struct EventQuery {
    std::string type;
    std::vector<std::string> actions; ///< "exec_create" without what is executed
    Labels labels;                    ///< of the container; networks' events never have any
    std::int64_t since = 0;           ///< replays from this moment of the Engine's clock on; 0: from now on
};
class EventListener {
public:
    virtual ~EventListener() = default;
    virtual void opened() = 0; ///< from now on nothing is missed
    virtual void seen(const EngineEvent& event) = 0;
    virtual void skipped() = 0; ///< an event that is too long to be read
};

enum class Removal { gone, in_progress, in_use };

/// Typed client of the Docker Engine API, 1.41 and newer, over its Unix socket. Every call throws EngineError; a reply
/// is bounded, a redirect is an error, unknown fields are ignored and missing ones have defaults. Cancelling a call
/// closes its connection; create and start go on in the Engine, so what they made is found by name and label.
/// Must outlive its calls.
class Engine {
public:
    Engine(boost::asio::any_io_executor executor, EngineOptions options);
    ~Engine();
    Engine(Engine&&) noexcept;

    // The Engine itself (GET /_ping, /version, /info)
    /// Agrees on an API version; each other call does it first where nobody did. Refuses Engines before 1.41, other
    /// systems than Linux, and Podman.
    boost::asio::awaitable<EngineVersion> negotiate(Deadline until);
    boost::asio::awaitable<EngineInfo> info(Deadline until);
    /// Tells `to` what happens (GET /events), as far as the Engine's filters let it through; returns when the Engine
    /// ends the stream.
    boost::asio::awaitable<void> events(EventQuery query, EventListener& to, Deadline until);

    // Images
    /// Nothing when the Engine does not have it. `name` is a reference in canonical form or an image id.
    boost::asio::awaitable<std::optional<ImageInfo>> inspect_image(std::string name, Deadline until);
    /// POST /images/create: errors in the stream of a 200 are errors, classified by their text.
    boost::asio::awaitable<PullResult> pull_image(Reference image, std::string platform, const RegistryAuth& auth,
                                                  std::function<void(const PullProgress&)> progress, Deadline until);
    /// What the registry says the reference means now, asked with these credentials: its digest.
    boost::asio::awaitable<std::string> resolve_in_registry(Reference image, const RegistryAuth& auth, Deadline until);

    // Containers
    /// The only place that writes a HostConfig. A lost answer is settled by a look-up of the name: found, it is ours if
    /// it carries the spec's labels; not found, it is asked for once more.
    boost::asio::awaitable<Created> create(ContainerSpec spec, Deadline until);
    /// Attaches to output and input. Before start, or short output is lost.
    boost::asio::awaitable<AttachedStream> attach(ContainerId container, Deadline until);
    /// "Already started" is an error: somebody else did it.
    boost::asio::awaitable<void> start(ContainerId container, Deadline until);
    /// Waits for the next exit. `registered` is set when the Engine counts from now on: call before start, and cancel
    /// it when start fails, as it would never return. Throws Failure::protocol for an answer without a code.
    boost::asio::awaitable<Exit> wait(ContainerId container, Event& registered, Deadline until);
    /// Returns once it does not run (any more); at once where it never did, or is gone.
    boost::asio::awaitable<void> until_stopped(ContainerId container, Deadline until);
    boost::asio::awaitable<std::optional<Inspection>> inspect(ContainerId container, Deadline until);
    /// By name: what a lost create left.
    boost::asio::awaitable<std::optional<Inspection>> inspect_named(std::string name, Deadline until);
    /// "Not running" and "no such container" are fine.
    boost::asio::awaitable<void> kill(ContainerId container, std::string signal, Deadline until);
    /// By force, with its anonymous volumes.
    boost::asio::awaitable<Removal> remove(ContainerId container, Deadline until);
    /// Those that carry all of the labels, running or not. An empty value asks for the key alone.
    boost::asio::awaitable<std::vector<ContainerSummary>> list_containers(Labels labels, Deadline until);
    /// Containers that belong to the network, those that never ran included: until its start a container only knows the
    /// network's name, afterwards its id.
    boost::asio::awaitable<std::vector<ContainerSummary>> list_attached(NetworkInfo network, Deadline until);

    // Archives: uncompressed tar only, and only for containers that this Engine object created and nobody started
    boost::asio::awaitable<void> put_archive(ContainerId container, std::string path,
                                             std::function<std::unique_ptr<net::BodySource>()> tar, Deadline until);
    boost::asio::awaitable<void> get_archive(ContainerId container, std::string path, net::BodySink& tar,
                                             Deadline until);
    /// How many of them the Engine has carried out, or is about to, until the container is removed.
    unsigned archive_calls(const ContainerId& container) const;

    // Volumes
    /// Refuses (Failure::conflict) a volume of that name whose labels are not these: somebody else's.
    boost::asio::awaitable<void> create_volume(VolumeName name, Labels labels, Deadline until);
    boost::asio::awaitable<Removal> remove_volume(VolumeName name, Deadline until);
    boost::asio::awaitable<std::vector<VolumeInfo>> list_volumes(Labels labels, Deadline until);

    // Networks
    boost::asio::awaitable<NetworkId> create_network(NetworkSpec spec, Deadline until);
    boost::asio::awaitable<std::optional<NetworkInfo>> inspect_network(NetworkId network, Deadline until);
    boost::asio::awaitable<Removal> remove_network(NetworkId network, Deadline until);
    boost::asio::awaitable<std::vector<NetworkInfo>> list_networks(Labels labels, Deadline until);
    boost::asio::awaitable<void> disconnect(NetworkId network, std::string container, Deadline until);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// create_network failed because the subnet overlaps another one, or because the Engine's own pools are used up.
bool subnet_taken(const EngineError& error) noexcept;
bool pools_exhausted(const EngineError& error) noexcept;

} // namespace ysnp::docker
