#pragma once
#include "runner/trace/automaton.h"
#include "runner/trace/stage.h"
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ysnp::trace {

/// Tokens known by their shape: a prefix, then at least `least` characters of `[0-9A-Za-z\-._=]`.
struct TokenShape {
    std::string prefix;
    std::size_t least = 1;
};

/// The shapes masked for a job: GitLab's own prefixes, those of the payload's `token_mask_prefixes` (the shortest until
/// there are fifteen, as in GitLab Runner; `glpat-` always), and Vault, AWS and JOSE tokens, which nothing switches
/// off.
class TokenShapes {
public:
    enum class Defaults { glpat_only, all }; // FF_MASK_ALL_DEFAULT_TOKENS
    static constexpr std::size_t most_prefixes = 15;

    explicit TokenShapes(std::span<const std::string> extra = {}, Defaults defaults = Defaults::all);
    const Automaton& automaton() const noexcept { return *automaton_; }
    /// How many characters must follow this prefix.
    std::size_t least(std::string_view prefix) const noexcept;

private:
    std::vector<TokenShape> shapes_;
    std::unique_ptr<const Automaton> automaton_;
};

/// Masks tokens of known shape: the prefix stays, what follows becomes `[MASKED]`. Holds back a beginning of a prefix
/// and a tail that is still too short to tell.
class TokenMask : public Stage {
public:
    TokenMask(const TokenShapes& shapes, Stage& next); // both must outlive it
    void put(std::string_view bytes) override;
    void end_write() override;
    void settle() override;
    void close() override;

private:
    enum class In { text, doubt, token };
    std::size_t read_text(std::string_view bytes, std::size_t from);
    std::size_t read_doubt(std::string_view bytes, std::size_t from);
    void release();
    void let_go();

    const TokenShapes& shapes_;
    Stage& next_;
    In in_ = In::text;
    Automaton::Node node_ = Automaton::root;
    std::size_t least_ = 1;
    std::string tail_; // characters after a prefix, too few yet to be a token
};

} // namespace ysnp::trace
