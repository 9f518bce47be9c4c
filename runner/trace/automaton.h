#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ysnp::trace {

/// Aho-Corasick automaton over a fixed set of phrases, with a filter that leaps over text in which no phrase can begin.
/// Linear in the text whatever the phrases are; about 28 bytes of memory per byte of the phrases. It holds the phrases'
/// text, so its memory is wiped when it goes. Immutable, hence shared freely.
class Automaton {
public:
    using Node = std::uint32_t;
    static constexpr Node root = 0;

    /// Phrases must not be empty; duplicates count once.
    explicit Automaton(std::span<const std::string_view> phrases);
    ~Automaton();
    Automaton(const Automaton&) = delete;
    Automaton& operator=(const Automaton&) = delete;

    bool empty() const noexcept { return states_.size() == 1; }
    /// The node for the longest suffix of what was read that begins a phrase.
    Node step(Node node, unsigned char byte) const noexcept;
    /// Length of that suffix.
    std::size_t depth(Node node) const noexcept { return states_[node].depth; }
    /// Length of the longest phrase that ends here; 0 when none does.
    std::size_t longest(Node node) const noexcept { return states_[node].longest; }
    /// The text of that suffix; valid as long as the automaton.
    std::string_view text(Node node) const noexcept { return {text_.data() + states_[node].text, depth(node)}; }
    /// The first position at or after `from` at which a phrase may begin. What lies before it can be passed over at the
    /// root; the last few bytes of `text` are never passed over, as what follows them is not known.
    std::size_t skip(std::string_view text, std::size_t from) const noexcept;

private:
    struct State {
        Node fail = root, first_child = 0;
        std::uint32_t text = 0; // where a phrase that begins with the node's text stands in text_
        std::uint32_t longest = 0, depth = 0;
        std::uint16_t children = 0;
        unsigned char byte = 0;
    };
    enum class Filter { nothing, first_byte, pairs, grams };
    struct Pair {
        char first, second;
    };

    void grow(std::span<const std::string_view> phrases);
    void link();
    void choose_filter(std::span<const std::string_view> phrases);
    void fill_pairs(const std::set<std::pair<char, char>>& pairs);
    void fill_grams(std::span<const std::string_view> phrases);
    Node child(Node node, unsigned char byte) const noexcept;
    std::size_t skip_bytes(std::string_view text, std::size_t from) const noexcept;
    std::size_t skip_pairs(std::string_view text, std::size_t from) const noexcept;
    std::size_t skip_grams(std::string_view text, std::size_t from) const noexcept;
    std::size_t leap_far(std::string_view text, std::size_t from) const noexcept;
    std::uint32_t slot(const char* gram) const noexcept;

    std::string text_; // all phrases, one after the other
    std::vector<State> states_;
    std::array<Node, 256> from_root_{};
    Filter filter_ = Filter::nothing;
    std::vector<Pair> pairs_;
    std::array<std::array<std::uint8_t, 16>, 4> nibbles_{}; // pairs by low and high nibble of first and second byte
    std::size_t head_ = 0;                                  // how many first bytes of every phrase the filter knows
    unsigned slot_shift_ = 20;                              // 32 minus the table's bits
    std::vector<std::uint8_t> leap_;   // by gram: how far the window may move; 0 where a head ends so
    std::vector<std::uint8_t> starts_; // by gram: whether a phrase begins so
};

} // namespace ysnp::trace
