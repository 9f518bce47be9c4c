#pragma once
#include "runner/agent/init/tree.h"

namespace ysnp::agent {

/// Unpacks a stream in the pax format (POSIX.1-2017): files, directories, symlinks; everything else is refused. What
/// is in the way of a file is replaced; a symlink in the way of a directory is an error. The first error stops it.
class Unpacker {
public:
    /// `directory` is made if missing.
    void begin(const char* directory, bool keep_times);
    void feed(Bytes bytes);
    /// The stream has ended: an archive without its end is an error.
    void end();

    int error() const { return error_; }
    /// What the error is about.
    const char* path() const { return path_; }
    uint64_t files = 0, directories = 0, bytes = 0;

private:
    enum class Part { header, pax, content, skip, padding, finished };

    size_t take(Bytes from);
    size_t take_block(Bytes from);
    size_t take_content(Bytes from);
    void header();
    bool checksum_fits() const;
    void set_paths();
    void pax_records();
    void pax_record(char* key, Bytes value);
    void member();
    void file();
    void directory();
    void symlink();
    void finish_file();
    void expect(Part part, uint64_t size);
    void fail(int error) { error_ = error_ == 0 ? error : error_; }

    Tree tree_;
    bool keep_times_ = false;
    Part part_ = Part::header;
    uint64_t left_ = 0;  // bytes that the part still lacks
    size_t padding_ = 0; // zero bytes behind the content
    unsigned char block_[512];
    size_t filled_ = 0;
    int zero_blocks_ = 0;
    int file_ = -1;
    int error_ = 0;
    char type_ = 0;
    unsigned mode_ = 0;
    int64_t mtime_ = 0;
    uint64_t size_ = 0;
    bool pax_path_ = false, pax_link_ = false, pax_size_ = false, pax_time_ = false;
    char path_[longest_path], link_[longest_path];
    Buffer pax_;
};

} // namespace ysnp::agent
