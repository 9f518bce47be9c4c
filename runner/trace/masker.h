#pragma once
#include "runner/trace/secrets.h"
#include "runner/trace/stage.h"
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace ysnp::trace {

inline constexpr std::string_view mask_text = "[MASKED]";

/// Replaces every occurrence of every secret in one stream by `[MASKED]`, wherever writes split it. Each byte that
/// belongs to any occurrence is covered; occurrences that overlap become one mask, so the longest of nested values wins
/// and values that overlap themselves or each other leave no residue. All other bytes pass, in order.
/// A beginning of a value is held back until the next bytes decide; at the end of the stream it passes if it is shorter
/// than `cut_secret` bytes, and is taken for a secret that was cut off if not. Secrets may be added between writes.
class Masker : public Stage {
public:
    static constexpr std::size_t cut_secret = 8;

    /// Both must outlive the masker.
    Masker(const Secrets& secrets, Stage& next);
    void put(std::string_view bytes) override;
    void end_write() override;
    void settle() override;
    void close() override;

private:
    struct Span {
        std::uint64_t begin, end;
    };
    void adopt(std::shared_ptr<const Automaton> automaton);
    void scan(std::string_view bytes);
    void cover(std::uint64_t begin, std::uint64_t end);
    void let_go();
    void hand_on(std::uint64_t until, std::string_view bytes);
    void pass(std::uint64_t begin, std::uint64_t end, std::string_view bytes);

    const Secrets& secrets_;
    Stage& next_;
    std::shared_ptr<const Automaton> automaton_; // see Secrets::automaton
    Automaton::Node node_ = Automaton::root;
    std::uint64_t base_ = 0;      // position in the stream of the current write's first byte
    std::uint64_t handed_on_ = 0; // every byte before it is decided and gone
    std::uint64_t held_from_ = 0; // position of held_'s first byte
    std::string_view held_;       // the held-back bytes of the writes before: part of a phrase, hence in the automaton
    std::vector<Span> covered_;   // occurrences not handed on yet, in order, apart
};

} // namespace ysnp::trace
