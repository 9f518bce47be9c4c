#include "runner/trace/masker.h"
#include <algorithm>
#include <utility>

namespace ysnp::trace {

namespace {

constexpr std::size_t most_pending = 64; // covered spans gathered before they are handed on

} // namespace

Masker::Masker(const Secrets& secrets, Stage& next) : secrets_(secrets), next_(next), automaton_(secrets.automaton()) {}

void Masker::put(std::string_view bytes)
{
    if (auto newest = secrets_.automaton(); newest != automaton_) adopt(std::move(newest));
    held_from_ = base_ - automaton_->depth(node_);
    held_ = automaton_->text(node_);
    scan(bytes);
    hand_on(base_ + bytes.size() - automaton_->depth(node_), bytes);
    base_ += bytes.size();
}

/// Secrets were added: read what is held back again, as it may hold some of them.
void Masker::adopt(std::shared_ptr<const Automaton> automaton)
{
    const auto before = std::exchange(automaton_, std::move(automaton));
    const auto held = before->text(node_);
    node_ = Automaton::root;
    base_ -= held.size();
    for (const char c : held) {
        node_ = automaton_->step(node_, static_cast<unsigned char>(c));
        ++base_;
        if (const auto length = automaton_->longest(node_)) cover(base_ - length, base_);
    }
}

void Masker::scan(std::string_view bytes)
{
    const Automaton& automaton = *automaton_;
    Automaton::Node node = node_;
    for (std::size_t i = 0; i < bytes.size();) {
        if (node == Automaton::root) {
            i = automaton.skip(bytes, i);
            if (i == bytes.size()) break;
        }
        node = automaton.step(node, static_cast<unsigned char>(bytes[i++]));
        if (const auto length = automaton.longest(node)) {
            cover(base_ + i - length, base_ + i);
            if (covered_.size() > most_pending) hand_on(base_ + i - automaton.depth(node), bytes);
        }
    }
    node_ = node;
}

/// Occurrences come in the order of their ends. Those that share a byte become one.
void Masker::cover(std::uint64_t begin, std::uint64_t end)
{
    while (!covered_.empty() && covered_.back().end > begin) {
        begin = std::min(begin, covered_.back().begin);
        covered_.pop_back();
    }
    covered_.push_back({begin, end});
}

/// Hands on everything before `until`, where no occurrence to come can begin any more.
void Masker::hand_on(std::uint64_t until, std::string_view bytes)
{
    std::size_t done = 0;
    for (; done < covered_.size() && covered_[done].end <= until; ++done) {
        pass(handed_on_, covered_[done].begin, bytes);
        next_.put(mask_text);
        handed_on_ = covered_[done].end;
    }
    covered_.erase(covered_.begin(), covered_.begin() + static_cast<std::ptrdiff_t>(done));
    const auto clear = covered_.empty() ? until : std::min(until, covered_.front().begin);
    if (clear > handed_on_) {
        pass(handed_on_, clear, bytes);
        handed_on_ = clear;
    }
}

void Masker::pass(std::uint64_t begin, std::uint64_t end, std::string_view bytes)
{
    if (begin < end && begin < base_) {
        const auto stop = std::min(end, base_);
        next_.put(held_.substr(begin - held_from_, stop - begin));
        begin = stop;
    }
    if (begin < end) next_.put(bytes.substr(begin - base_, end - begin));
}

void Masker::end_write() { next_.end_write(); }

void Masker::settle()
{
    let_go();
    next_.settle();
}

void Masker::close()
{
    let_go();
    next_.close();
}

void Masker::let_go()
{
    const auto depth = automaton_->depth(node_);
    held_from_ = base_ - depth;
    held_ = automaton_->text(node_);
    if (depth >= cut_secret) cover(held_from_, base_);
    hand_on(base_, {});
    node_ = Automaton::root;
}

} // namespace ysnp::trace
