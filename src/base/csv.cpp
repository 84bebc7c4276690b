#include "base/csv.h"

#include <algorithm>

namespace attune::base {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(CsvOptions options) : options_(options) {
    ATTUNE_CHECK(options.delimiter != '"' && options.delimiter != '\r' &&
                 options.delimiter != '\n');
}

void CsvReader::feed(std::string_view bytes, const Visit& visit) {
    // The mark may come in pieces; what looked like one and was not is text.
    while (at_start_ && !bytes.empty()) {
        if (bytes.front() == kByteOrderMark[bom_matched_]) {
            bytes.remove_prefix(1);
            at_start_ = ++bom_matched_ < kByteOrderMark.size();
        } else {
            at_start_ = false;
            for (const char c : kByteOrderMark.substr(0, bom_matched_)) take(c, visit);
        }
    }
    while (!bytes.empty()) {
        if (const std::size_t run = run_length(bytes); run > 0) {
            append(bytes.substr(0, run));
            bytes.remove_prefix(run);
        } else {
            take(bytes.front(), visit);
            bytes.remove_prefix(1);
        }
    }
}

void CsvReader::finish(const Visit& visit) {
    if (at_start_ && bom_matched_ > 0) {
        for (const char c : kByteOrderMark.substr(0, bom_matched_)) take(c, visit);
    }
    at_start_ = false;
    if (state_ == State::quoted) spoil("a quote is still open at the end");
    if (state_ == State::carriage_return) spoil("a carriage return without a newline");
    if (row_began_) end_row(visit);
}

// Bytes that belong to the field as they are and can be taken at once.
std::size_t CsvReader::run_length(std::string_view bytes) const {
    const char delimiter = options_.delimiter;
    const auto until = [&](auto stops) {
        return static_cast<std::size_t>(std::ranges::find_if(bytes, stops) - bytes.begin());
    };
    switch (state_) {
        case State::bare:
            return until(
                [=](char c) { return c == delimiter || c == '"' || c == '\r' || c == '\n'; });
        case State::quoted:
            return until([](char c) { return c == '"' || c == '\n'; });
        case State::skipping:
            return until([](char c) { return c == '\n'; });
        default:
            return 0;
    }
}

void CsvReader::take(char c, const Visit& visit) {
    if (!row_began_) {
        row_began_ = true;
        row_line_ = line_;
    }
    if (c == '\n') ++line_;
    const bool ends_row = c == '\n' && state_ != State::quoted;
    if (state_ == State::carriage_return && c != '\n') {
        spoil("a carriage return without a newline");
        append("\r");
    }
    if (ends_row) {
        end_row(visit);
        return;
    }
    switch (state_) {
        case State::field_start:
        case State::bare:
            if (c == options_.delimiter) {
                raw_ += c;
                end_field();
            } else if (c == '\r') {
                state_ = State::carriage_return;
            } else if (c == '"' && state_ == State::bare) {
                spoil("a quote inside a field that does not begin with one");
                append({&c, 1});
            } else if (c == '"') {
                raw_ += c;
                state_ = State::quoted;
            } else {
                state_ = State::bare;
                append({&c, 1});
            }
            return;
        case State::quoted:
            if (c == '"') {
                raw_ += c;
                state_ = State::quote_in_quoted;
            } else {
                append({&c, 1});
            }
            return;
        case State::quote_in_quoted:
            if (c == '"') {
                state_ = State::quoted;
                append({&c, 1});
            } else if (c == options_.delimiter) {
                raw_ += c;
                end_field();
            } else if (c == '\r') {
                state_ = State::carriage_return;
            } else {
                spoil("text after a closing quote");
                append({&c, 1});
            }
            return;
        case State::carriage_return:
        case State::skipping:
            append({&c, 1});
            return;
    }
}

// Which limit is met first does not depend on the pieces that the row came in.
void CsvReader::append(std::string_view text) {
    const std::size_t row_room =
        options_.row_bytes_max - std::min(options_.row_bytes_max, raw_.size());
    raw_.append(text.substr(0, row_room));
    if (state_ == State::skipping) return;
    const std::size_t field_begin = ends_.empty() ? 0 : ends_.back();
    const std::size_t field_room = options_.field_bytes_max - (text_.size() - field_begin);
    if (text.size() <= field_room && text.size() <= row_room) {
        text_.append(text);
    } else if (field_room <= row_room) {
        spoil("a field is longer than " + std::to_string(options_.field_bytes_max) + " bytes");
    } else {
        spoil("a row is longer than " + std::to_string(options_.row_bytes_max) + " bytes");
    }
}

void CsvReader::end_field() {
    if (ends_.size() + 1 >= options_.fields_max) {
        spoil("a row has more than " + std::to_string(options_.fields_max) + " fields");
        return;
    }
    ends_.push_back(text_.size());
    state_ = State::field_start;
}

void CsvReader::end_row(const Visit& visit) {
    if (error_ && raw_.ends_with('\r')) raw_.pop_back();
    // A row of one bare, empty field is an empty line.
    const bool empty_line = !error_ && ends_.empty() && raw_.empty();
    if (!empty_line) {
        ends_.push_back(text_.size());
        fields_.clear();
        std::size_t begin = 0;
        for (const std::size_t end : ends_) {
            fields_.push_back(std::string_view(text_).substr(begin, end - begin));
            begin = end;
        }
        if (!error_ && options_.same_width && width_ != 0 && fields_.size() != width_) {
            spoil("the row has " + std::to_string(fields_.size()) + " fields, the first one " +
                  std::to_string(width_));
        }
        if (!error_ && width_ == 0) width_ = fields_.size();
        if (error_) fields_.clear();
        visit({row_line_, fields_, raw_, std::move(error_)});
    }
    text_.clear();
    ends_.clear();
    raw_.clear();
    error_.reset();
    row_began_ = false;
    state_ = State::field_start;
}

void CsvReader::spoil(std::string detail) {
    if (!error_) {
        error_ = Error{
            Code::invalid_argument, "line " + std::to_string(row_line_) + ": " + detail, {}, {}};
    }
    state_ = State::skipping;
}

}  // namespace attune::base
