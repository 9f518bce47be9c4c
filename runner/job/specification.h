#pragma once
#include "docker/container.h"
#include "docker/image.h"
#include "runner/job/run.h"
#include <optional>
#include <string>
#include <vector>

namespace ysnp::job {

/// The job's image: what the payload names, else the configured one, expanded; and who may say so. Throws JobError
/// (configuration) when there is none, or when a list of local configuration does not allow it.
docker::ImageRequest image_request(const Run& run);

/// The registry logins of the job, in their order of preference, with what is to be said about them in the log.
docker::Credentials credentials_of(const Run& run, std::vector<std::string>& notes);

/// Who the job runs as: local configuration first, then the job's own wish if `allowed_users` lets it, else the image.
std::string user_of(const Run& run);

/// What goes before the shell: the job's entrypoint unless local configuration forbids it, else the image's.
std::vector<std::string> entrypoint_of(const Run& run, const docker::ImageInfo& image);

/// The container: everything of the host comes from local configuration; of the job come the image's id, the user and
/// names. `network` is the pool's, where the job has one of its own.
docker::ContainerSpec specification(const Run& run, const docker::ImageInfo& image, const docker::VolumeName& volume,
                                    const std::optional<docker::NetworkId>& network);

/// The labels of everything that is made for the job.
docker::Labels labels_of(const Run& run);

} // namespace ysnp::job
