#include "runner/trace/token_mask.h"
#include "net/secret.h"
#include "runner/trace/masker.h"
#include <algorithm>
#include <array>
#include <string_view>

namespace ysnp::trace {

namespace {

constexpr std::string_view always = "glpat-";
constexpr std::array<std::string_view, 13> defaults_of_gitlab = {
    "gloas-", "gldt-",    "glrt-",   "glcbt-",  "glrtr-",           "glptt-", "glft-",
    "glimt-", "glagent-", "glsoat-", "glffct-", "_gitlab_session=", "gltok-"};
/// Vault service and batch tokens, AWS access keys, and JSON web tokens by the usual first words of their header. Their
/// prefixes occur in plain words too, so only a long enough rest makes a token.
const std::array<TokenShape, 6> other_shapes = {TokenShape{"hvs.", 20}, {"hvb.", 20},       {"AKIA", 16},
                                                {"eyJhbGciOi", 20},     {"eyJ0eXAiOi", 20}, {"eyJraWQiOi", 20}};

const std::array<bool, 256>& token_characters() noexcept
{
    static const auto table = [] {
        std::array<bool, 256> result{};
        for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._="))
            result[static_cast<unsigned char>(c)] = true;
        return result;
    }();
    return table;
}

std::size_t token_end(std::string_view bytes, std::size_t from) noexcept
{
    const auto& in_token = token_characters();
    while (from < bytes.size() && in_token[static_cast<unsigned char>(bytes[from])]) ++from;
    return from;
}

} // namespace

TokenShapes::TokenShapes(std::span<const std::string> extra, Defaults defaults)
{
    std::vector<std::string> prefixes;
    if (defaults == Defaults::all) prefixes.assign(defaults_of_gitlab.begin(), defaults_of_gitlab.end());
    for (const auto& prefix : extra)
        if (!prefix.empty() && prefix != always) prefixes.push_back(prefix);
    std::stable_sort(prefixes.begin(), prefixes.end(),
                     [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
    shapes_.push_back({std::string(always), 1});
    for (auto& prefix : prefixes)
        if (shapes_.size() < most_prefixes) shapes_.push_back({std::move(prefix), 1});
    shapes_.insert(shapes_.end(), other_shapes.begin(), other_shapes.end());
    std::vector<std::string_view> phrases;
    for (const auto& shape : shapes_) phrases.push_back(shape.prefix);
    automaton_ = std::make_unique<const Automaton>(phrases);
}

std::size_t TokenShapes::least(std::string_view prefix) const noexcept
{
    for (const auto& shape : shapes_)
        if (shape.prefix == prefix) return shape.least;
    return 1;
}

TokenMask::TokenMask(const TokenShapes& shapes, Stage& next) : shapes_(shapes), next_(next) {}

void TokenMask::put(std::string_view bytes)
{
    for (std::size_t at = 0; at < bytes.size();) {
        switch (in_) {
        case In::text:
            at = read_text(bytes, at);
            break;
        case In::doubt:
            at = read_doubt(bytes, at);
            break;
        case In::token:
            at = token_end(bytes, at);
            if (at < bytes.size()) in_ = In::text;
            break;
        }
    }
}

/// Looks for the next prefix; hands on everything up to its end.
std::size_t TokenMask::read_text(std::string_view bytes, std::size_t from)
{
    const Automaton& automaton = shapes_.automaton();
    const auto held = automaton.text(node_);
    std::size_t at = from;
    while (at < bytes.size()) {
        if (node_ == Automaton::root) at = automaton.skip(bytes, at);
        if (at == bytes.size()) break;
        node_ = automaton.step(node_, static_cast<unsigned char>(bytes[at++]));
        if (automaton.longest(node_) != 0) break;
    }
    const auto found = automaton.longest(node_);
    const auto open = found != 0 ? 0 : automaton.depth(node_); // still undecided, at the end
    const auto decided = held.size() + (at - from) - open;
    next_.put(held.substr(0, decided));
    if (decided > held.size()) next_.put(bytes.substr(from, decided - held.size()));
    if (found != 0) {
        const auto path = automaton.text(node_);
        least_ = shapes_.least(path.substr(path.size() - found));
        node_ = Automaton::root;
        in_ = In::doubt;
    }
    return at;
}

/// After a prefix: enough token characters make a token; too few are text, in which another prefix may begin.
std::size_t TokenMask::read_doubt(std::string_view bytes, std::size_t from)
{
    const auto end = token_end(bytes.substr(0, std::min(bytes.size(), from + least_ - tail_.size())), from);
    tail_ += bytes.substr(from, end - from);
    if (tail_.size() >= least_) {
        next_.put(mask_text);
        wipe(tail_);
        in_ = In::token;
    } else if (end < bytes.size()) {
        release();
    }
    return end;
}

/// The tail was no token. It is shorter than any token, so reading it again ends.
void TokenMask::release()
{
    in_ = In::text;
    std::string tail;
    tail.swap(tail_);
    put(tail);
}

void TokenMask::end_write() { next_.end_write(); }

void TokenMask::settle()
{
    let_go();
    next_.settle();
}

void TokenMask::close()
{
    let_go();
    next_.close();
}

void TokenMask::let_go()
{
    while (in_ == In::doubt) release();
    next_.put(shapes_.automaton().text(node_));
    node_ = Automaton::root;
    in_ = In::text;
}

} // namespace ysnp::trace
