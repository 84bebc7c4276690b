// What the codec takes and refuses, and where it says the fault lies.
#include "base/json.h"
#include "base/json_tree.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <thread>

namespace attune::base {
namespace {

// "pointer: detail" of the only fault, or "ok".
std::string verdict(std::string_view text, const JsonLimits& limits = {}) {
    const auto document = JsonDocument::parse(text, limits);
    if (document) return "ok";
    EXPECT_EQ(document.error().code, Code::invalid_argument);
    if (document.error().fields.size() != 1) return document.error().reason;
    const FieldError& field = document.error().fields.front();
    const std::string& message = document.error().message;
    EXPECT_EQ(message, field.pointer.empty() ? field.detail : field.pointer + ": " + field.detail);
    return field.pointer + ": " + field.detail;
}

std::string canonical(std::string_view text) {
    const auto json = JsonText::parse(text);
    return json ? std::string(json->text()) : "refused";
}

TEST(JsonDocument, FindsEachKeyAndNoneThatIsMerelyAlike) {
    // Every key up to three of four letters, and longer ones with the same print: first, middle and last byte.
    std::vector<std::string> keys{"", "abcdefgh", "abXdeXgh", "a234b678901234567c",
                                  "a23Xb678901234567c"};
    for (const char a : std::string_view("abcd")) {
        keys.emplace_back(1, a);
        for (const char b : std::string_view("abcd")) {
            keys.push_back({a, b});
            for (const char c : std::string_view("abcd")) keys.push_back({a, b, c});
        }
    }
    for (std::size_t left_out = 0; left_out < keys.size(); ++left_out) {
        std::string text = "{";
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (i == left_out) continue;
            text += (text.size() > 1 ? ",\"" : "\"") + keys[i] + "\":[" + std::to_string(i) + "]";
        }
        const auto document = JsonDocument::parse(text + "}");
        const JsonTree tree(document->root());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            for (const JsonView root : {document->root(), tree.root()}) {
                const auto found = root.find(keys[i]);
                ASSERT_EQ(found.has_value(), i != left_out) << keys[i];
                if (found) EXPECT_EQ(found->text().text(), "[" + std::to_string(i) + "]");
            }
        }
    }
}

TEST(JsonDocument, TakesEveryKindOfValue) {
    const auto document = JsonDocument::parse(
        R"({"n":null,"t":true,"f":false,"i":-5,"u":18446744073709551615,"d":0.5,"s":"x","a":[1,2],"o":{}})");
    ASSERT_TRUE(document) << document.error().message;
    const JsonView root = document->root();
    EXPECT_EQ(root.size(), 9u);
    EXPECT_TRUE(root.find("n")->is_null());
    EXPECT_EQ(root.find("t")->as_bool(), true);
    EXPECT_EQ(root.find("f")->as_bool(), false);
    EXPECT_EQ(root.find("i")->as_int64(), -5);
    EXPECT_EQ(root.find("i")->as_uint64(), std::nullopt);
    EXPECT_EQ(root.find("u")->as_uint64(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(root.find("u")->as_int64(), std::nullopt);
    EXPECT_EQ(root.find("d")->as_double(), 0.5);
    EXPECT_EQ(root.find("s")->as_string(), "x");
    EXPECT_EQ(root.find("a")->size(), 2u);
    EXPECT_TRUE(root.find("o")->is_object());
    EXPECT_FALSE(root.find("missing"));
    EXPECT_FALSE(root.find("a")->find("x"));
    int sum = 0;
    for (const JsonView element : root.find("a")->elements())
        sum += static_cast<int>(*element.as_int64());
    EXPECT_EQ(sum, 3);
}

TEST(JsonDocument, WholeRealsAreIntegersAndOthersAreNot) {
    const auto as_int = [](std::string_view text) {
        return JsonDocument::parse(text)->root().as_int64();
    };
    EXPECT_EQ(as_int("1.0"), 1);
    EXPECT_EQ(as_int("1e3"), 1000);
    EXPECT_EQ(as_int("1.5"), std::nullopt);
    EXPECT_EQ(as_int("9007199254740992.0"), std::nullopt);
    EXPECT_EQ(as_int("9007199254740993"), 9007199254740993);
    EXPECT_EQ(as_int("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
}

TEST(JsonDocument, SaysWhereATextStopsBeingJson) {
    EXPECT_EQ(verdict(""), ": is empty (at byte 0)");
    EXPECT_EQ(verdict("  "), ": ends too early (at byte 2)");
    EXPECT_EQ(verdict("nope"), ": must be a JSON value (at byte 0)");
    EXPECT_EQ(verdict(R"({"a":1} x)"), ": is followed by something else (at byte 8)");
    EXPECT_EQ(verdict(R"({"a":[1,2,}])"), "/a/2: must be a JSON value (at byte 10)");
    EXPECT_EQ(verdict(R"({"a":{"b/c~d":NaN}})"), "/a/b~1c~0d: must be a JSON value (at byte 14)");
    EXPECT_EQ(verdict(R"({"a":1,})"), ": must have a quoted key here (at byte 7)");
    EXPECT_EQ(verdict(R"({"a" 1})"), "/a: must be followed by ':' (at byte 5)");
    EXPECT_EQ(verdict(R"([1 2])"), "/0: must be followed by ',' or ']' (at byte 3)");
    EXPECT_EQ(verdict(R"({"a":[1)"), "/a/0: ends too early (at byte 7)");
    EXPECT_EQ(verdict(R"([01])"), "/0: must not have a leading zero (at byte 2)");
    EXPECT_EQ(verdict("[\"a\nb\"]"), "/0: has a control character that is not escaped (at byte 3)");
}

TEST(JsonDocument, NamesTheNumberThatDoesNotFit) {
    EXPECT_EQ(verdict(R"({"v":1e400})"), "/v: is too large for a double (at byte 10)");
    EXPECT_EQ(verdict(R"({"v":-1e400})"), "/v: is too large for a double (at byte 11)");
    EXPECT_EQ(verdict(R"([18446744073709551616])"), "/0: does not fit into 64 bits (at byte 21)");
    EXPECT_EQ(verdict(R"([-9223372036854775809])"), "/0: does not fit into 64 bits (at byte 21)");
    EXPECT_EQ(verdict(R"([1e-400])"), "ok");
    EXPECT_EQ(verdict(R"([-0])"), "ok");
    EXPECT_EQ(verdict("[NaN]"), "/0: must be a JSON value (at byte 1)");
    EXPECT_EQ(verdict("[Infinity]"), "/0: must be a JSON value (at byte 1)");
}

TEST(JsonDocument, NamesTheStringThatIsNoText) {
    EXPECT_EQ(verdict(R"({"s":"\ud800"})"), "/s: has a lone surrogate (at byte 6)");
    EXPECT_EQ(verdict(R"({"s":"\udc00"})"), "/s: has a lone surrogate (at byte 6)");
    EXPECT_EQ(verdict(R"({"s":"\ud800\u0041"})"), "/s: has a lone surrogate (at byte 6)");
    EXPECT_EQ(verdict(R"({"s":"\ud83d\ude00"})"), "ok");
    EXPECT_EQ(verdict(R"({"s":"\u0000"})"), "/s: must not contain U+0000");
    EXPECT_EQ(verdict(R"({"a\u0000b":1})"), ": must not contain U+0000");
    EXPECT_EQ(verdict(R"({"s":"\x"})"), "/s: has an escape that JSON does not know (at byte 6)");
    EXPECT_EQ(verdict(R"({"s":"\u12"})"),
              "/s: has \\u without four hexadecimal digits (at byte 6)");
    for (const std::string_view bad :
         {"\xff", "\xc0\x80", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
        EXPECT_EQ(verdict(R"({"s":")" + std::string(bad) + R"("})"),
                  "/s: is not valid UTF-8 (at byte 6)");
    }
    EXPECT_EQ(verdict("\xEF\xBB\xBF{}"), ": must not begin with a byte order mark");
}

TEST(JsonDocument, RefusesAKeyThatIsThereTwice) {
    EXPECT_EQ(verdict(R"({"a":1,"b":2,"a":3})"), "/a: is there twice");
    EXPECT_EQ(verdict(R"([{"x":{"k":1,"k":1}}])"), "/0/x/k: is there twice");
    EXPECT_EQ(verdict(R"({"a":1,"\u0061":2})"), "/a: is there twice");
    EXPECT_EQ(verdict(R"({"":1,"":2})"), "/: is there twice");
    EXPECT_EQ(verdict(R"({"abcdefgh1":1,"abcdefgh2":2})"), "ok");
    for (const int count : {2, 31, 32, 33, 34, 1000}) {
        std::string text = "{";
        for (int i = 0; i < count; ++i) text += "\"key-number-" + std::to_string(i) + "\":0,";
        EXPECT_EQ(verdict(text + "\"z\":0}"), "ok") << count;
        EXPECT_EQ(verdict(text + "\"key-number-1\":0}"), "/key-number-1: is there twice") << count;
    }
}

TEST(JsonDocument, HoldsItsLimitsAtTheirEdges) {
    const JsonLimits limits{
        .bytes_max = 100, .depth_max = 3, .string_bytes_max = 5, .members_max = 2, .values_max = 6};
    EXPECT_EQ(verdict("[[[]]]", limits), "ok");
    EXPECT_EQ(verdict("[[[[]]]]", limits), "/0/0/0: is nested deeper than 3");
    EXPECT_EQ(verdict(R"({"a":{"b":[1]}})", limits), "ok");
    EXPECT_EQ(verdict(R"({"a":{"b":[1,{}]}})", limits), "/a/b/1: is nested deeper than 3");
    EXPECT_EQ(verdict(R"(["12345"])", limits), "ok");
    EXPECT_EQ(verdict(R"(["","123456"])", limits), "/1: must not be longer than 5 bytes");
    EXPECT_EQ(verdict(R"({"123456":1})", limits), ": must not be longer than 5 bytes");
    EXPECT_EQ(verdict(R"([{"a":1,"b":2}])", limits), "ok");
    EXPECT_EQ(verdict(R"([{"a":1,"b":2,"c":3}])", limits), "/0: must not have more than 2 members");
    EXPECT_EQ(verdict("[1,2,3,4,5]", limits), "ok");
    EXPECT_EQ(verdict("[1,2,3,4,5,6]", limits), "/5: is one value too many");
    EXPECT_EQ(verdict(std::string(100, ' '), limits), ": ends too early (at byte 100)");
    EXPECT_EQ(verdict(std::string(101, ' '), limits), "too_large");
}

TEST(JsonDocument, DepthIsCheapToRefuse) {
    for (const std::string_view open : {"[", "{\"a\":"}) {
        std::string text;
        for (int i = 0; i < 100'000; ++i) text += open;
        EXPECT_NE(verdict(text).find("is nested deeper than 64"), std::string::npos);
    }
    const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(verdict(nested(64)), "ok");
    EXPECT_NE(verdict(nested(65)).find("is nested deeper than 64"), std::string::npos);
    EXPECT_EQ(verdict(nested(1000), {.depth_max = 1000}), "ok");
}

TEST(JsonDocument, AFloodOfKeysTakesTimeInTheirNumber) {
    // Keys that share length, first and last bytes: the worst for anything but a keyed hash.
    std::string text = "{";
    for (int i = 0; i < 10'000; ++i) {
        text += "\"aaaaaaaa" + std::to_string(100'000 + i) + "zzzzzzzz\":0,";
    }
    text.back() = '}';
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(verdict(text), "ok");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(JsonDocument, CanonicalTextIsSmallAndExact) {
    EXPECT_EQ(canonical(" { \"a\" : [ 1 , 2.50 , 1e2 ] , \"b\" : \"\\u0041\\/\" } "),
              R"({"a":[1,2.5,100],"b":"A/"})");
    EXPECT_EQ(canonical("9007199254740993"), "9007199254740993");
    EXPECT_EQ(canonical("1e21"), "1e+21");
    EXPECT_EQ(canonical("1E5"), "100000");
    EXPECT_EQ(canonical("18446744073709551616.0"), "1.8446744073709552e+19");
    EXPECT_EQ(canonical("-0"), "0");
    EXPECT_EQ(canonical("-0.0"), "-0.0");
    EXPECT_EQ(canonical("1e-400"), "0");
    EXPECT_EQ(canonical("0.1"), "0.1");
    EXPECT_EQ(canonical("5e-324"), "5e-324");
    EXPECT_EQ(canonical(R"("\u001f\n\t\"\\\u007f\u2028")"),
              "\"\\u001f\\n\\t\\\"\\\\\x7f\xe2\x80\xa8\"");
    EXPECT_EQ(canonical("[[],{}]"), "[[],{}]");
    EXPECT_EQ(canonical("{"), "refused");
}

TEST(JsonDocument, SeveralDocumentsLiveAtOnceAndMove) {
    std::vector<JsonDocument> documents;
    for (int i = 0; i < 10; ++i) {
        documents.push_back(
            JsonDocument::parse("[\"" + std::string(100, static_cast<char>('a' + i)) + "\"]")
                .value());
    }
    const JsonView first = documents.front().root();
    documents = [&] {
        std::vector<JsonDocument> moved;
        for (auto& document : documents) moved.push_back(std::move(document));
        return moved;
    }();
    EXPECT_EQ((*first.elements().begin()).as_string(), std::string(100, 'a'));
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ((*documents[i].root().elements().begin()).as_string(),
                  std::string(100, static_cast<char>('a' + i)));
    }
    // Dying on another thread than it was made on gives its memory to that thread.
    std::thread([documents = std::move(documents)]() mutable { documents.clear(); }).join();
}

TEST(JsonDocument, MayBeAmongTheLastThingsThatAThreadHolds) {
    std::thread([] {
        thread_local std::optional<JsonDocument> kept;
        kept.reset();  // known before the thread's buffers are: gone after them
        kept.emplace(*JsonDocument::parse(R"({"a":"b"})"));
    }).join();
}

TEST(JsonDocument, RandomBytesNeverCrashAndRefusalsAreExplained) {
    SeededRandom random(20260301);
    const std::string alphabet = "{}[]\",:0123456789.eE+-truefalsn\\u \xc3\xa9\xed\xa0";
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::uint64_t i = random.below(40); i > 0; --i) {
            text += random.below(20) == 0 ? static_cast<char>(random.next())
                                          : alphabet[random.below(alphabet.size())];
        }
        const auto json = JsonText::parse(text);
        if (json) {
            EXPECT_EQ(canonical(json->text()), json->text());
        } else {
            EXPECT_NE(json.error().fields.at(0).detail.find("is not JSON"), 0u) << text;
        }
    }
}

}  // namespace
}  // namespace attune::base
