#include "engine/track/user_agent.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace attune::engine {
namespace {

struct Case {
    const char* header;
    const char* device;
    const char* os;
    const char* browser;
};

// Headers as these programs send them.
const Case kCases[] = {
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/126.0.0.0 Safari/537.36",
     "desktop", "Windows 10", "Chrome 126"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/17.4.1 Safari/605.1.15",
     "desktop", "macOS 10.15", "Safari 17"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/17.1 "
     "Mobile/15E148 Safari/604.1",
     "mobile", "iOS 17.1", "Safari 17"},
    {"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/16.6 Mobile/15E148 "
     "Safari/604.1",
     "tablet", "iOS 16.6", "Safari 16"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) CriOS/120.0.6099.119 "
     "Mobile/15E148 Safari/604.1",
     "mobile", "iOS 17.0", "Chrome 120"},
    {"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/124.0.0.0 Mobile Safari/537.36",
     "mobile", "Android 14", "Chrome 124"},
    {"Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/119.0.0.0 Safari/537.36",
     "tablet", "Android 13", "Chrome 119"},
    {"Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
     "SamsungBrowser/23.0 "
     "Chrome/115.0.0.0 Mobile Safari/537.36",
     "mobile", "Android 13", "Samsung Internet 23"},
    {"Mozilla/5.0 (Android 14; Mobile; rv:126.0) Gecko/126.0 Firefox/126.0", "mobile", "Android 14",
     "Firefox 126"},
    {"Mozilla/5.0 (Android 13; Tablet; rv:109.0) Gecko/109.0 Firefox/115.0", "tablet", "Android 13",
     "Firefox 115"},
    {"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "desktop",
     "Linux", "Firefox 128"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) FxiOS/126.0 "
     "Mobile/15E148 Safari/605.1.15",
     "mobile", "iOS 16.5", "Firefox 126"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/125.0.0.0 Safari/537.36 "
     "Edg/125.0.2535.51",
     "desktop", "Windows 10", "Edge 125"},
    {"Mozilla/5.0 (Linux; Android 10; HD1913) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/124.0.6367.82 Mobile "
     "Safari/537.36 EdgA/124.0.2478.64",
     "mobile", "Android 10", "Edge 124"},
    {"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 "
     "Safari/537.36 OPR/95.0.0.0",
     "desktop", "Windows 7", "Opera 95"},
    {"Opera/9.80 (Windows NT 6.1; U; en) Presto/2.8.131 Version/11.11", "desktop", "Windows 7",
     "Opera 11"},
    {"Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10",
     "mobile", "", "Opera 11"},
    {"Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko", "desktop", "Windows 8.1",
     "Internet Explorer 11"},
    {"Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)", "desktop", "Windows 8",
     "Internet Explorer 10"},
    {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/125.0.0.0 Safari/537.36",
     "desktop", "ChromeOS 14541", "Chrome 125"},
    {"Mozilla/5.0 (Linux; Android 12; SM-A125F; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Version/4.0 "
     "Chrome/120.0.6099.43 Mobile Safari/537.36",
     "mobile", "Android 12", "Android WebView 120"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Mobile/15E148 "
     "Instagram 329.0.3.29.91 (iPhone14,5; iOS 17_4; de_CH; de; scale=3.00)",
     "mobile", "iOS 17.4", "Instagram"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Mobile/15E148 "
     "[FBAN/FBIOS;FBAV/460.0.0.35.103;FBBV/588;FBDV/iPhone14,5]",
     "mobile", "iOS 17.4", "Facebook"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Mobile/15E148",
     "mobile", "iOS 17.4", "iOS WebView"},
    {"Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) "
     "76.0.3809.146/6.0 TV Safari/537.36",
     "tv", "Tizen 6.0", "Safari"},
    {"Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/79.0.3945.79 Safari/537.36",
     "tv", "webOS", "Chrome 79"},
    {"Mozilla/5.0 (Linux; Android 9; AFTMM) AppleWebKit/537.36 (KHTML, like Gecko) Silk/112.5.1 "
     "like Chrome/112.0.5615.213 "
     "Safari/537.36",
     "tv", "Android 9", "Silk 112"},
    {"Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/13.0 Safari/605.1.15",
     "tv", "PlayStation", "Safari 13"},
    {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot", "", ""},
    {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
     "+https://openai.com/gptbot)",
     "bot", "", ""},
    {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "HeadlessChrome/126.0.0.0 Safari/537.36",
     "bot", "", ""},
    {"curl/8.5.0", "bot", "", ""},
    {"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "bot", "", ""},
    {"Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/96.0.4664.45 Mobile "
     "Safari/537.36",
     "mobile", "Android 11", "Chrome 96"},
    {"MyApp/3.2 (com.example; build:7) CFNetwork/1410 Darwin/22.6.0", "other", "", ""},
    {"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 "
     "(KHTML, like Gecko) "
     "Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15254",
     "mobile", "", "Edge 15"},
    {"", "", "", ""},
};

TEST(UserAgentParser, TellsDeviceSystemAndBrowserOfRealHeaders) {
    for (const Case& one : kCases) {
        const UserAgent agent = parse_user_agent(one.header);
        EXPECT_EQ(agent.device, one.device) << one.header;
        if (one.os[0] != '\0') EXPECT_EQ(agent.os, one.os) << one.header;
        EXPECT_EQ(agent.browser, one.browser) << one.header;
    }
}

TEST(UserAgentParser, StaysSmallWhateverItIsGiven) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        base::SeededRandom random(seed);
        std::string header;
        const std::string_view words[] = {"Chrome/", "Windows",  "NT", "OS",   "X",
                                          "iPhone",  "Version/", "_",  ".",    "9",
                                          ";",       "(",        " ",  "\x80", "rv:"};
        for (std::uint64_t n = random.below(200); n > 0; --n)
            header += words[random.below(std::size(words))];
        const UserAgent agent = parse_user_agent(header);
        EXPECT_LT(agent.os.size(), 64u) << "seed " << seed;
        EXPECT_LT(agent.browser.size(), 64u) << "seed " << seed;
    }
}

}  // namespace
}  // namespace attune::engine
