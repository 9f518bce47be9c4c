#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace ysnp {

/// A credential: move-only; cannot be printed, compared or turned into JSON; wiped when it goes.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view value); // on the heap, so that a move leaves no copy behind
    Secret(Secret&&) noexcept;
    Secret& operator=(Secret&&) noexcept;
    ~Secret(); // OPENSSL_cleanse

    bool empty() const noexcept;
    std::string_view reveal() const noexcept; // the one way out: grep finds every use
    Secret copy() const;                      // explicit, as each copy is one more place to wipe

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

/// Overwrites the string's bytes and empties it.
void wipe(std::string& value) noexcept;
/// Moves a string's value into a Secret and wipes the string.
Secret take_secret(std::string& value);

} // namespace ysnp
