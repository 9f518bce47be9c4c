#include "docker/image.h"
#include "net/failure.h"
#include "net/wait.h"
#include <algorithm>

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

/// "linux/arm64/v8" against what inspect says; a part that one side leaves out counts as equal.
bool fits(const std::string& platform, const ImageInfo& info)
{
    std::string_view rest = platform;
    for (const std::string* part : {&info.os, &info.architecture, &info.variant}) {
        if (rest.empty()) return true;
        const auto slash = rest.find('/');
        const std::string_view wanted = rest.substr(0, slash);
        if (!part->empty() && !wanted.empty() && wanted != *part) return false;
        rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    }
    return true;
}

EngineError wrong_platform(const Reference& image, const std::string& platform, const ImageInfo& info)
{
    return configuration_error("image " + image.to_string(), "asked for platform " + platform + ", the image is " +
                                                                 info.os + "/" + info.architecture);
}

/// The pull policy "never" knows only what is here: nothing, or an image for another platform.
EngineError not_there(const Reference& image, const std::string& platform, const std::optional<ImageInfo>& found)
{
    if (found)
        return configuration_error("image " + image.to_string(),
                                   "asked for platform " + platform + ", the image on this host is " + found->os + "/" +
                                       found->architecture + ", and the pull policy \"never\" fetches no other");
    return configuration_error("image " + image.to_string(),
                               "not present on this host, and the pull policy \"never\" does not fetch it");
}

EngineError unconfirmed(const Reference& image)
{
    return {make_error_code(Error::unexpected_end), "pull of " + image.to_string(), 200,
            "the Engine ended the pull without a confirmation", FailureReason::image_pull};
}

/// The digest is the proof: with one, the image is looked up by it, so that a tag that moves meanwhile changes nothing.
std::string lookup_name(const Reference& image, const PullResult& pulled)
{
    if (!image.digest.empty() || pulled.digest.empty()) return image.to_string();
    return image.repository() + "@" + pulled.digest;
}

bool worth_another_try(const EngineError& error, int attempts_made)
{
    if (error.code() == Failure::cancelled) return false;
    if (error.reason() == FailureReason::external) return true;
    return error.reason() == FailureReason::image_pull && attempts_made == 1; // such as a layer that arrived broken
}

std::string used_image(const ImageRequest& request, const ResolvedImage& image)
{
    std::string line = "Using docker image " + image.info.id.value + " for " + request.name;
    if (!image.digest.empty()) line += " with digest " + image.reference.familiar_repository() + "@" + image.digest;
    return line + " ...";
}

std::string next_attempt(std::size_t number, PullPolicy policy)
{
    return "Attempt #" + std::to_string(number) + ": Trying \"" + std::string(to_string(policy)) + "\" pull policy";
}

} // namespace

ImageResolver::ImageResolver(asio::any_io_executor executor, Engine& engine, ResolverOptions options)
    : engine_(engine), options_(options), pulls_(std::move(executor), engine)
{
}

ImageResolver::~ImageResolver() = default;

asio::awaitable<void> ImageResolver::stop() { co_await pulls_.stop(); }

asio::awaitable<ResolvedImage> ImageResolver::resolve(ImageRequest request, const Credentials& credentials,
                                                      TraceLine trace, Deadline until)
{
    const Reference image = parse_reference(request.name);
    const RegistryAuth auth = credentials.for_image(image);
    trace(Tone::plain,
          "Using effective pull policy of " + to_string(request.policies) + " for container " + request.name);
    std::exception_ptr last;
    for (std::size_t attempt = 1; attempt <= request.policies.size(); ++attempt) {
        const PullPolicy policy = request.policies[attempt - 1];
        if (attempt > 1) trace(Tone::notice, next_attempt(attempt, policy));
        try {
            ResolvedImage resolved = co_await by_policy(request, image, policy, auth, trace, until);
            trace(Tone::plain, used_image(request, resolved));
            co_return resolved;
        } catch (const EngineError& error) {
            if (error.code() == Failure::cancelled || std::chrono::steady_clock::now() >= until) throw;
            last = std::current_exception();
            trace(Tone::warning,
                  "Failed to pull image with policy \"" + std::string(to_string(policy)) + "\": " + error.what());
        }
    }
    if (!last) throw configuration_error("pull_policy", "no pull policy is left for image " + request.name);
    std::rethrow_exception(last);
}

asio::awaitable<ResolvedImage> ImageResolver::by_policy(const ImageRequest& request, const Reference& image,
                                                        PullPolicy policy, const RegistryAuth& auth,
                                                        const TraceLine& trace, Deadline until)
{
    if (policy != PullPolicy::always) {
        auto found = co_await engine_.inspect_image(image.to_string(), until);
        const bool usable = found && fits(request.platform, *found);
        if (!usable && policy == PullPolicy::never) throw not_there(image, request.platform, found);
        if (usable) {
            ResolvedImage resolved{image, verified_digest(image, {}, *found), std::move(*found)};
            if (policy == PullPolicy::if_not_present) {
                if (request.recheck_rights) co_await ask_registry(resolved, auth, until);
                trace(Tone::plain, "Using locally found image version due to \"if-not-present\" pull policy");
            }
            co_return resolved;
        }
    }
    trace(Tone::plain, "Pulling docker image " + request.name + " ...");
    if (!auth.header.empty()) trace(Tone::plain, "Authenticating with credentials from " + auth.source);
    co_return co_await pull(request, image, auth, until);
}

/// The registry must let these credentials see the very image that is here.
asio::awaitable<void> ImageResolver::ask_registry(const ResolvedImage& image, const RegistryAuth& auth, Deadline until)
{
    Reference held = image.reference;
    held.digest = image.digest;
    const std::string digest = co_await engine_.resolve_in_registry(held, auth, until);
    (void)digest;
}

asio::awaitable<ResolvedImage> ImageResolver::pull(const ImageRequest& request, const Reference& image,
                                                   const RegistryAuth& auth, Deadline until)
{
    const PullResult pulled = co_await pull_with_retries(request, image, auth, until);
    if (!pulled.complete && pulled.digest.empty() && image.digest.empty()) throw unconfirmed(image);
    auto info = co_await engine_.inspect_image(lookup_name(image, pulled), until);
    if (!info) throw unconfirmed(image);
    std::string digest = verified_digest(image, pulled.digest, *info);
    if (!fits(request.platform, *info)) throw wrong_platform(image, request.platform, *info);
    co_return ResolvedImage{image, std::move(digest), std::move(*info)};
}

asio::awaitable<PullResult> ImageResolver::pull_with_retries(const ImageRequest& request, const Reference& image,
                                                             const RegistryAuth& auth, Deadline until)
{
    for (int attempts = 1;; ++attempts) {
        try {
            PullResult result = co_await pulls_.pull(image, request.platform, auth, until);
            co_return result;
        } catch (const EngineError& error) {
            if (attempts >= options_.attempts || !worth_another_try(error, attempts)) throw;
        }
        std::uniform_int_distribution<std::int64_t> jitter(options_.shortest_pause.count(),
                                                           options_.longest_pause.count());
        const Deadline next = in(std::chrono::milliseconds(jitter(random_)));
        if (next >= until)
            throw EngineError(make_error_code(Error::deadline_passed), "pull of " + image.to_string(), 0,
                              "no time is left for another attempt", FailureReason::external);
        co_await sleep_until(next);
    }
}

} // namespace ysnp::docker
