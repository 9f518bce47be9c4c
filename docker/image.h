#pragma once
#include "docker/credentials.h"
#include "docker/engine.h"
#include "docker/pull_policy.h"
#include "docker/shared_pulls.h"
#include <functional>
#include <random>

namespace ysnp::docker {

struct ImageRequest {
    std::string name; ///< as the job wrote it, variables expanded
    std::string platform;
    std::vector<PullPolicy> policies; ///< effective_policies()
    bool recheck_rights = false;      ///< an image found by if-not-present needs the registry's yes as well
};

struct ResolvedImage {
    Reference reference;
    std::string digest; ///< "sha256:…" of the manifest; empty for an image that was never in a registry
    ImageInfo info;     ///< info.id is what containers are created from
};

enum class Tone { plain, notice, warning };

/// One line for the job's log, without a line end, in gitlab-runner's words.
using TraceLine = std::function<void(Tone, std::string_view)>;

struct ResolverOptions {
    int attempts = 3; ///< of one policy, while the registry is unreachable
    std::chrono::milliseconds shortest_pause{2000}, longest_pause{10000};
};

/// Turns image names into image ids by the pull policies. Jobs that want the same image with the same credentials at
/// the same time share one pull; it goes on until the last of them has lost interest.
class ImageResolver {
public:
    ImageResolver(boost::asio::any_io_executor executor, Engine& engine, ResolverOptions options = {});
    ~ImageResolver();

    /// Tries the policies in order. Where the request names a digest, or the pull reported one, the image must carry
    /// it. Throws EngineError of the last policy. `credentials` must outlive the call.
    boost::asio::awaitable<ResolvedImage> resolve(ImageRequest request, const Credentials& credentials, TraceLine trace,
                                                  Deadline until);
    /// Ends the pulls that still run.
    boost::asio::awaitable<void> stop();

private:
    boost::asio::awaitable<ResolvedImage> by_policy(const ImageRequest& request, const Reference& image,
                                                    PullPolicy policy, const RegistryAuth& auth, const TraceLine& trace,
                                                    Deadline until);
    boost::asio::awaitable<void> ask_registry(const ResolvedImage& image, const RegistryAuth& auth, Deadline until);
    boost::asio::awaitable<ResolvedImage> pull(const ImageRequest& request, const Reference& image,
                                               const RegistryAuth& auth, Deadline until);
    boost::asio::awaitable<PullResult> pull_with_retries(const ImageRequest& request, const Reference& image,
                                                         const RegistryAuth& auth, Deadline until);

    Engine& engine_;
    ResolverOptions options_;
    SharedPulls pulls_;
    std::minstd_rand random_{std::random_device{}()};
};

/// The digest by which `info` may run as `image`: the one asked for, else `pulled`, else the repository's own.
/// Throws EngineError when an asked or pulled digest is not the image's. Pure.
std::string verified_digest(const Reference& image, std::string_view pulled, const ImageInfo& info);

} // namespace ysnp::docker
