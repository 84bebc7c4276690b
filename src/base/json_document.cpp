#include "base/json_document.h"

#include "base/json_locate.h"
#include "base/keyed_hash.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace attune::base {
namespace {

// simdjson's own limit, above any that we set; what is deeper is named by the locator.
constexpr std::size_t kParserDepth = 1024;
constexpr std::size_t kNodesMax = (std::size_t{1} << 28) - 1;
constexpr std::size_t kCapacityMin = 4096;

// A thread keeps at most this many sets of buffers, and this much memory in all: enough for batches of 500 kB one after
// another, while a text built to be expensive is forgotten at once.
constexpr std::size_t kPooledMax = 2;
constexpr std::size_t kPooledBytesMax = 16 << 20;

// Up to this many members, comparing all pairs of 8-byte fingerprints beats hashing.
constexpr std::size_t kPairwiseMax = 32;

std::string_view view_of(const JsonNode& node) { return {node.text, node.size}; }

std::unexpected<Error> invalid(std::string pointer, std::string_view detail) {
    Error error{Code::invalid_argument, pointer, {}, {}};
    error.message += pointer.empty() ? "" : ": ";
    error.message += detail;
    error.fields.push_back({std::move(pointer), std::string(detail)});
    return std::unexpected(std::move(error));
}

// The first eight bytes and the length in one word. Reads past short strings, which simdjson's
// buffer is padded for.
std::uint64_t fingerprint(const JsonNode& key) {
    std::uint64_t word;
    std::memcpy(&word, key.text, sizeof word);
    if (key.size < 8) word &= (std::uint64_t{1} << (8 * key.size)) - 1;
    return word ^ (key.size * 0x9e3779b97f4a7c15);
}

// The pointer of `target`, found by walking down from the root. Only on the way to an error.
std::string pointer_of(const JsonNode* node, const JsonNode* target, const JsonNode* end) {
    std::string pointer;
    while (node != target) {
        const bool object = static_cast<JsonKind>(node->kind) == JsonKind::object;
        const JsonNode* child = node + 1;
        for (std::size_t index = 0;; ++index) {
            if (object && child >= end) return pointer;
            const JsonNode* value = object ? child + 1 : child;
            // A container that is still open has no span yet and reaches to the end of what there
            // is.
            const bool open = value < end && value->span == 0;
            if (value >= end || open || target < value + value->span) {
                if (object) append_pointer(pointer, view_of(*child));
                if (!object) append_pointer(pointer, index);
                if (target <= value || value >= end) return pointer;
                node = value;
                break;
            }
            child = value + value->span;
        }
    }
    return pointer;
}

}  // namespace

struct JsonDocument::Buffers {
    simdjson::dom::parser parser;
    simdjson::dom::document tape;
    std::unique_ptr<std::uint8_t[]> padded;
    std::unique_ptr<JsonNode[]> nodes;
    std::array<JsonNode*, kParserDepth> open;  // the containers around the current value
    std::vector<std::uint32_t> seen;
    std::size_t capacity = 0;
    std::size_t nodes_capacity = 0;

    // simdjson alone would grow to each text's exact size, and so again for each longer one.
    void make_room(std::size_t bytes) {
        if (bytes <= capacity) return;
        capacity = std::bit_ceil(std::max(bytes, kCapacityMin));
        padded =
            std::make_unique_for_overwrite<std::uint8_t[]>(capacity + simdjson::SIMDJSON_PADDING);
        if (tape.allocate(capacity) != simdjson::SUCCESS ||
            parser.allocate(capacity, kParserDepth) != simdjson::SUCCESS) {
            throw std::bad_alloc();
        }
    }
    // simdjson takes some fourteen bytes for each one of the text: tape, strings and structural indexes.
    [[nodiscard]] std::size_t footprint() const {
        return capacity * 15 + nodes_capacity * sizeof(JsonNode) +
               seen.capacity() * sizeof(std::uint32_t);
    }
    void make_nodes(std::size_t count) {
        if (count <= nodes_capacity) return;
        nodes_capacity = std::bit_ceil(count);
        nodes = std::make_unique_for_overwrite<JsonNode[]>(nodes_capacity);
    }
};

struct JsonDocument::Pool {
    std::vector<std::unique_ptr<Buffers>> idle;

    // Null when the thread is ending and its pool has gone before a document: what other thread-local values hold (a
    // snapshot's reader) may outlive it.
    static Pool* of_this_thread() {
        thread_local bool is_gone = false;  // needs no destructor: it can be read to the very end
        thread_local Pool pool(is_gone);
        return is_gone ? nullptr : &pool;
    }
    explicit Pool(bool& is_gone_) : is_gone(is_gone_) {}
    ~Pool() { is_gone = true; }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    bool& is_gone;
    std::unique_ptr<Buffers> take() {
        if (idle.empty()) return std::make_unique<Buffers>();
        auto buffers = std::move(idle.back());
        idle.pop_back();
        return buffers;
    }
    void give_back(std::unique_ptr<Buffers> buffers) {
        std::size_t bytes = buffers->footprint();
        for (const auto& other : idle) bytes += other->footprint();
        if (bytes <= kPooledBytesMax && idle.size() < kPooledMax)
            idle.push_back(std::move(buffers));
    }
};

// Turns simdjson's tape into ours and holds it against the limits, in one pass. Steps answer false
// and leave the error: some sixty of them make up a small text, and a Result each would cost more
// than the parsing.
class JsonDocument::Lowering {
public:
    Lowering(Buffers& buffers, const JsonLimits& limits, bool has_escapes)
        : buffers_(buffers), limits_(limits), has_escapes_(has_escapes) {}

    bool run() {
        const std::uint64_t* at = buffers_.tape.tape.get();
        const std::size_t words = *at++ & kPayload;
        if (words > kNodesMax) return refuse("", "holds too many values");
        buffers_.make_nodes(words);
        first_ = next_ = buffers_.nodes.get();
        std::size_t values = 0;
        do {
            if (depth_ > 0) {
                if (is_end(*at)) {
                    if (!close()) return false;
                    ++at;
                    continue;
                }
                if (!enter_entry(at)) return false;
            }
            if (++values > limits_.values_max) return refuse(here(), "is one value too many");
            if (!value(at)) return false;
        } while (depth_ > 0);
        return true;
    }
    std::unexpected<Error> error() && { return std::unexpected(std::move(error_)); }

private:
    static constexpr std::uint64_t kPayload = (std::uint64_t{1} << 56) - 1;

    static char type_of(std::uint64_t word) { return static_cast<char>(word >> 56); }
    static bool is_end(std::uint64_t word) { return type_of(word) == '}' || type_of(word) == ']'; }

    [[gnu::cold, gnu::noinline]] bool refuse(std::string pointer, const std::string& detail) {
        error_ = invalid(std::move(pointer), detail).error();
        return false;
    }
    std::string here() const { return pointer_of(first_, next_, next_); }

    JsonNode& add(JsonKind kind) {
        next_->kind = static_cast<std::uint32_t>(kind) & 15;
        next_->span = 1;
        next_->size = 0;
        return *next_++;
    }

    // Counts the next entry of the innermost container, and takes its key when it has one.
    bool enter_entry(const std::uint64_t*& at) {
        JsonNode& container = *buffers_.open[depth_ - 1];
        ++container.size;
        if (static_cast<JsonKind>(container.kind) != JsonKind::object) return true;
        if (container.size > limits_.members_max) [[unlikely]] {
            return refuse(
                pointer_of(first_, &container, next_),
                "must not have more than " + std::to_string(limits_.members_max) + " members");
        }
        JsonNode& key = *next_;
        if (!string(*at++)) return false;
        key.span = json_key_print(view_of(key)) & kNodesMax;
        return true;
    }

    bool value(const std::uint64_t*& at) {
        const std::uint64_t word = *at++;
        switch (type_of(word)) {
            case '{':
                return open(JsonKind::object);
            case '[':
                return open(JsonKind::array);
            case '"':
                return string(word);
            case 'l':
                add(JsonKind::integer).integer = std::bit_cast<std::int64_t>(*at++);
                break;
            case 'u':
                add(JsonKind::unsigned_integer).unsigned_integer = *at++;
                break;
            case 'd':
                add(JsonKind::real).real = std::bit_cast<double>(*at++);
                break;
            case 't':
                add(JsonKind::boolean).boolean = true;
                break;
            case 'f':
                add(JsonKind::boolean).boolean = false;
                break;
            default:
                add(JsonKind::null);
                break;
        }
        return true;
    }

    bool string(std::uint64_t word) {
        const std::uint8_t* at = buffers_.tape.string_buf.get() + (word & kPayload);
        std::uint32_t size;
        std::memcpy(&size, at, sizeof size);
        const char* text = reinterpret_cast<const char*>(at + sizeof size);
        if (size > limits_.string_bytes_max) [[unlikely]] {
            return refuse(here(), "must not be longer than " +
                                      std::to_string(limits_.string_bytes_max) + " bytes");
        }
        // Only an escape can bring U+0000 in; a raw one is no JSON.
        if (has_escapes_ && std::memchr(text, 0, size) != nullptr) [[unlikely]] {
            return refuse(here(), "must not contain U+0000");
        }
        JsonNode& node = add(JsonKind::string);
        node.text = text;
        node.size = size;
        return true;
    }

    bool open(JsonKind kind) {
        if (depth_ >= limits_.depth_max) [[unlikely]] {
            return refuse(here(), "is nested deeper than " + std::to_string(limits_.depth_max));
        }
        buffers_.open[depth_++] = next_;
        add(kind).span = 0;
        return true;
    }

    bool close() {
        JsonNode* container = buffers_.open[--depth_];
        const std::size_t count = container->size;
        if (static_cast<JsonKind>(container->kind) == JsonKind::object && count > 1) {
            const JsonNode* twice =
                count <= kPairwiseMax ? repeated_of_few(container) : repeated_of_many(container);
            if (twice != nullptr) [[unlikely]] {
                return refuse(pointer_of(first_, twice + 1, next_), "is there twice");
            }
        }
        container->span = static_cast<std::uint32_t>(next_ - container) & kNodesMax;
        return true;
    }

    // A key whose bit is not set yet is new; the few others are held against the fingerprints so
    // far.
    const JsonNode* repeated_of_few(const JsonNode* container) const {
        std::array<std::uint64_t, kPairwiseMax> prints;
        std::uint64_t bits = 0;
        std::size_t count = 0;
        for (const JsonNode* key = container + 1; key < next_; key += 1 + key[1].span) {
            const std::uint64_t print = fingerprint(*key);
            const std::uint64_t bit = std::uint64_t{1} << ((print * 0x9e3779b97f4a7c15) >> 58);
            if ((bits & bit) != 0 &&
                std::find(prints.begin(), prints.begin() + count, print) !=
                    prints.begin() + count &&
                stands_before(container, key)) {
                return key;
            }
            bits |= bit;
            prints[count++] = print;
        }
        return nullptr;
    }
    static bool stands_before(const JsonNode* container, const JsonNode* key) {
        for (const JsonNode* other = container + 1; other < key; other += 1 + other[1].span) {
            if (view_of(*other) == view_of(*key)) return true;
        }
        return false;
    }

    // An open-addressing table of node numbers, hashed with the process's secret so that no choice
    // of keys makes it slow.
    const JsonNode* repeated_of_many(const JsonNode* container) {
        const std::size_t slots = std::bit_ceil(std::size_t{container->size} * 2);
        auto& seen = buffers_.seen;
        seen.assign(slots, 0);
        const HashKey& secret = process_hash_key();
        for (const JsonNode* key = container + 1; key < next_; key += 1 + key[1].span) {
            std::size_t slot = keyed_hash(secret, view_of(*key)) & (slots - 1);
            for (; seen[slot] != 0; slot = (slot + 1) & (slots - 1)) {
                if (view_of(container[seen[slot]]) == view_of(*key)) return key;
            }
            seen[slot] = static_cast<std::uint32_t>(key - container);
        }
        return nullptr;
    }

    Buffers& buffers_;
    const JsonLimits& limits_;
    bool has_escapes_;
    JsonNode* first_ = nullptr;
    JsonNode* next_ = nullptr;
    std::size_t depth_ = 0;
    Error error_;
};

JsonDocument::JsonDocument(std::unique_ptr<Buffers> buffers) : buffers_(std::move(buffers)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;

JsonDocument& JsonDocument::operator=(JsonDocument&& other) noexcept {
    buffers_.swap(other.buffers_);
    return *this;
}

JsonDocument::~JsonDocument() {
    if (!buffers_) return;
    if (Pool* pool = Pool::of_this_thread()) pool->give_back(std::move(buffers_));
}

JsonView JsonDocument::root() const { return JsonView(buffers_->nodes.get()); }

Result<JsonDocument> JsonDocument::parse(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes_max) {
        return fail(Code::invalid_argument,
                    "longer than " + std::to_string(limits.bytes_max) + " bytes", "too_large");
    }
    if (text.starts_with("\xEF\xBB\xBF"))
        return invalid("", "must not begin with a byte order mark");

    Pool* const pool = Pool::of_this_thread();
    JsonDocument document(pool != nullptr ? pool->take() : std::make_unique<Buffers>());
    Buffers& buffers = *document.buffers_;
    buffers.make_room(text.size());
    bool has_escapes = false;
    if (!text.empty()) {
        std::memcpy(buffers.padded.get(), text.data(), text.size());
        has_escapes = std::memchr(text.data(), '\\', text.size()) != nullptr;
    }
    const auto parsed = buffers.parser.parse_into_document(
        buffers.tape, buffers.padded.get(), text.size(), /*realloc_if_needed=*/false);
    if (parsed.error() == simdjson::MEMALLOC) throw std::bad_alloc();
    if (parsed.error() != simdjson::SUCCESS) {
        JsonFlaw flaw = locate_json_flaw(text, limits.depth_max);
        return invalid(std::move(flaw.pointer), flaw.detail);
    }
    Lowering lowering(buffers, limits, has_escapes);
    if (!lowering.run()) return std::move(lowering).error();
    return document;
}

}  // namespace attune::base
