#include "learn/recommend/model_file.h"

#include "base/fingerprint.h"

#include <bit>

namespace attune::learn {

static_assert(std::endian::native == std::endian::little);

namespace {

constexpr std::string_view kMagic = "attmodel";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kChecksumBytes = 16;

template <class T>
void append(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_name(std::string& out, std::string_view name) {
    append(out, static_cast<std::uint32_t>(name.size()));
    out += name;
}

std::string checksum_of(std::string_view bytes) {
    const base::Id128 sum = base::fingerprint(bytes);
    std::string out(kChecksumBytes, '\0');
    static_assert(sizeof sum == kChecksumBytes);
    std::memcpy(out.data(), &sum, kChecksumBytes);
    return out;
}

// Takes from the front; empty once there is too little.
class Front {
public:
    explicit Front(std::string_view rest) : rest_(rest) {}
    [[nodiscard]] bool is_done() const { return rest_.empty(); }
    [[nodiscard]] bool is_broken() const { return is_broken_; }
    std::string_view take(std::uint64_t size) {
        if (size > rest_.size()) {
            is_broken_ = true;
            rest_ = {};
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    template <class T>
    T take_number() {
        T value{};
        const std::string_view bytes = take(sizeof value);
        if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }
    std::string_view take_name() { return take(take_number<std::uint32_t>()); }

private:
    std::string_view rest_;
    bool is_broken_ = false;
};

std::unexpected<Error> not_a_model(std::string why) {
    return fail(Code::data_loss, "this is not a whole model: " + std::move(why));
}

}  // namespace

ModelWriter::ModelWriter(std::string_view kind, std::uint32_t layout) {
    out_ += kMagic;
    append(out_, kFormat);
    append_name(out_, kind);
    append(out_, layout);
}

void ModelWriter::put_bytes(std::string_view name, std::size_t width,
                            std::span<const std::byte> bytes) {
    append_name(out_, name);
    append(out_, static_cast<std::uint32_t>(width));
    append(out_, static_cast<std::uint64_t>(bytes.size()));
    out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::string ModelWriter::finish() && {
    out_ += checksum_of(out_);
    return std::move(out_);
}

Result<ModelReader> ModelReader::open(std::string_view bytes) {
    if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + kChecksumBytes)
        return not_a_model("it does not begin as one");
    const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
    if (checksum_of(body) != bytes.substr(body.size())) return not_a_model("its checksum is wrong");
    Front front(body.substr(kMagic.size()));
    if (const auto format = front.take_number<std::uint32_t>(); format != kFormat)
        return not_a_model("format " + std::to_string(format) + " is not known here");
    ModelReader reader;
    reader.kind_ = front.take_name();
    reader.layout_ = front.take_number<std::uint32_t>();
    while (!front.is_done()) {
        const std::string_view name = front.take_name();
        Section section;
        section.width = front.take_number<std::uint32_t>();
        section.bytes = front.take(front.take_number<std::uint64_t>());
        reader.sections_[name] = section;
    }
    if (front.is_broken()) return not_a_model("it ends within a section");
    return reader;
}

Result<std::string_view> ModelReader::section(std::string_view name, std::size_t width) const {
    const auto found = sections_.find(name);
    if (found == sections_.end() || found->second.width != width ||
        found->second.bytes.size() % width != 0)
        return damaged(name);
    return found->second.bytes;
}

std::unexpected<Error> ModelReader::damaged(std::string_view name) const {
    return not_a_model("'" + std::string(name) + "' of the " + std::string(kind_) +
                       " model is missing or does not fit the rest");
}

}  // namespace attune::learn
