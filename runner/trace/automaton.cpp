#include "runner/trace/automaton.h"
#include <algorithm>
#include <deque>
#include <openssl/crypto.h>

namespace ysnp::trace {

Automaton::Automaton(std::span<const std::string_view> phrases)
{
    std::vector<std::string_view> sorted(phrases.begin(), phrases.end());
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    grow(sorted);
    link();
    choose_filter(sorted);
}

Automaton::~Automaton() { OPENSSL_cleanse(states_.data(), states_.size() * sizeof(State)); }

/// The trie, breadth first: the children of a node are neighbours, in the order of their bytes.
void Automaton::grow(std::span<const std::string_view> phrases)
{
    struct Range {
        Node node;
        std::size_t begin, end; // the phrases that share the node's text
    };
    std::size_t total = 1;
    for (const auto phrase : phrases) total += phrase.size();
    std::vector<std::size_t> starts;
    text_.reserve(total);
    for (const auto phrase : phrases) {
        starts.push_back(text_.size());
        text_ += phrase;
    }
    states_.reserve(total); // never grows, so that no copy of the text stays behind
    states_.emplace_back();
    std::deque<Range> open{{root, 0, phrases.size()}};
    for (; !open.empty(); open.pop_front()) {
        const auto [node, begin, end] = open.front();
        const std::size_t depth = states_[node].depth;
        std::size_t at = begin;
        if (at < end && phrases[at].size() == depth) ++at, states_[node].longest = static_cast<std::uint32_t>(depth);
        states_[node].first_child = static_cast<Node>(states_.size());
        while (at < end) {
            const char byte = phrases[at][depth];
            const std::size_t first = at;
            while (at < end && phrases[at][depth] == byte) ++at;
            State state;
            state.text = static_cast<std::uint32_t>(starts[first]);
            state.depth = static_cast<std::uint32_t>(depth + 1);
            state.byte = static_cast<unsigned char>(byte);
            open.push_back({static_cast<Node>(states_.size()), first, at});
            states_.push_back(state);
            ++states_[node].children;
        }
    }
}

void Automaton::link()
{
    for (Node node = 0; node < states_[root].children; ++node) {
        const Node first = states_[root].first_child + node;
        from_root_[states_[first].byte] = first;
    }
    for (Node parent = 0; parent < states_.size(); ++parent) { // shorter texts come first
        const State above = states_[parent];
        for (Node node = above.first_child; node < above.first_child + above.children; ++node) {
            State& state = states_[node];
            if (parent != root) state.fail = step(above.fail, state.byte);
            if (state.longest == 0) state.longest = states_[state.fail].longest;
        }
    }
}

Automaton::Node Automaton::child(Node node, unsigned char byte) const noexcept
{
    const State* const begin = states_.data() + states_[node].first_child;
    const State* const end = begin + states_[node].children;
    if (end - begin <= 8) {
        for (const State* state = begin; state != end; ++state)
            if (state->byte == byte) return static_cast<Node>(state - states_.data());
        return root;
    }
    const auto found = std::lower_bound(begin, end, byte, [](const State& s, unsigned char b) { return s.byte < b; });
    return found != end && found->byte == byte ? static_cast<Node>(found - states_.data()) : root;
}

Automaton::Node Automaton::step(Node node, unsigned char byte) const noexcept
{
    for (; node != root; node = states_[node].fail)
        if (const Node next = child(node, byte); next != root) return next;
    return from_root_[byte];
}

} // namespace ysnp::trace
