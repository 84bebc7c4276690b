#include "app/access_log.h"
#include "app/commands.h"
#include "app/demo.h"
#include "app/wiring.h"
#include "app/workplace.h"
#include "base/log.h"
#include "base/scheduler.h"
#include "engine/refused_definitions.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

namespace attune::app {

namespace {

constexpr base::Duration kMaintenanceEvery = std::chrono::seconds(5);

// Who takes the signals. Written once, before there is a handler that reads it.
pthread_t signal_taker;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

extern "C" void pass_signal_on(int signal) { pthread_kill(signal_taker, signal); }

// The signals the server lives by, taken by one thread that waits for them; every other thread of ours has them blocked, so it
// has to be made before any thread is. Threads that libraries start before main (OpenBLAS has some) do not block them:
// what reaches one of those is passed on, where it would end the process otherwise.
class Signals {
public:
    Signals() {
        sigemptyset(&set_);
        for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        signal_taker = pthread_self();
        struct sigaction action{};
        action.sa_handler = pass_signal_on;
        action.sa_flags = SA_RESTART;
        for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaction(signal, &action, nullptr);
        ::signal(SIGPIPE, SIG_IGN);
    }
    [[nodiscard]] int wait() const {
        int signal = 0;
        while (sigwait(&set_, &signal) != 0) {
        }
        return signal;
    }

private:
    sigset_t set_{};
};

// As many files as the system allows; and no core dumps, which would hold keys and profiles.
void set_limits() {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    const rlimit none{0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
}

// The disk failed: what was acknowledged is safe, what was not is unknown, and only a new start can tell. Nothing may be
// answered any more, so the process ends here and now.
[[noreturn]] void stop_at_once(const Error& error) {
    const std::string line = "attune: the disk failed, stopping: " + error.message + "\n";
    (void)!::write(STDERR_FILENO, line.data(), line.size());
    ::_exit(kExitStorage);
}

class Service {
public:
    Service(LoadedSettings loaded, const SettingSources& sources, Console& console)
        : loaded_(std::move(loaded)), sources_(sources), console_(console) {}

    // Until it is told to stop; the error is why it could not start.
    Result<void> run(const Signals& signals) {
        ATTUNE_TRY_VOID(open());
        ATTUNE_TRY_VOID(serve());
        while (true) {
            const int signal = signals.wait();
            if (signal != SIGHUP) break;
            reload();
        }
        return stop();
    }

private:
    [[nodiscard]] const Settings& settings() const { return loaded_.settings; }

    Result<void> open() {
        ATTUNE_TRY(place_, Workplace::open(settings(), false, stop_at_once));
        if (const auto& made = place_->engine().tenants().made_root_key()) {
            console_.say("made the root key, shown this once: " + *made);
        }
        if (settings().demo) {
            ATTUNE_TRY(demo_, Demo::prepare(place_->engine(), settings(), console_));
        }
        return {};
    }

    Result<void> serve() {
        access_log_ = std::make_unique<AccessLog>(place_->clock(), settings().access_log);
        engine::log_refused_definitions(place_->engine(), place_->log());
        auto how = api_options(settings());
        how.log = &place_->log();
        api_ = std::make_unique<api::Api>(place_->engine(), std::move(how));
        ATTUNE_TRY(auto router, api_->router());
        ATTUNE_TRY(auto options, server_options(settings()));
        api_->attach(options);
        options.observe = [this, counted = std::move(options.observe)](
                              const http::ServerOptions::Exchange& exchange) {
            if (counted) counted(exchange);
            access_log_->observe(exchange);
        };
        options.notice = [this](std::string_view news) { console_.say(news); };
        server_ = std::make_unique<http::Server>(options, std::move(router), place_->clock());
        api_->watch([this] { return server_->stats(); });
        ATTUNE_TRY_VOID(server_->start());
        ATTUNE_TRY(const auto address, parse_listen(settings().listen));
        const std::string url =
            (settings().tls_cert.empty() ? "http://" : "https://") + address.text(server_->port());
        console_.say("ready on " + url);
        if (demo_) console_.say(demo_->welcome(url));
        scheduler_ = std::make_unique<base::ThreadScheduler>(place_->clock());
        maintenance_ = scheduler_->every(kMaintenanceEvery, [this] { maintain(); });
        return {};
    }

    // What other processes changed of tenants and keys, and when keys were last used.
    void maintain() {
        if (const auto done = place_->engine().tenants().maintain(); !done)
            console_.say("tenants and keys could not be kept up: " + done.error().message);
    }

    // Settings that are not live are compared, so that nobody waits for a change that needs a restart.
    void reload() {
        auto fresh = load_settings(sources_);
        if (!fresh) {
            console_.say("settings are left as they were: " + fresh.error().message);
            return;
        }
        for (const Setting& setting : settings_table()) {
            if (text_of(fresh->settings, setting) == text_of(settings(), setting)) continue;
            console_.say(std::string(setting.name) +
                         (setting.live ? " changed" : " changed, which takes a restart"));
            if (setting.live)
                (void)assign(loaded_.settings, setting, text_of(fresh->settings, setting));
        }
        access_log_->set(settings().access_log);
    }

    Result<void> stop() {
        console_.say("stopping: no new requests, those under way are finished");
        api_->begin_drain();
        server_->drain(std::chrono::milliseconds(settings().drain_timeout_ms));
        server_.reset();
        maintenance_.cancel();
        scheduler_.reset();
        ATTUNE_TRY_VOID(place_->close());
        console_.say("stopped");
        return {};
    }

    LoadedSettings loaded_;
    const SettingSources& sources_;
    Console& console_;
    std::unique_ptr<Workplace> place_;
    std::optional<Demo> demo_;
    std::unique_ptr<AccessLog> access_log_;
    std::unique_ptr<api::Api> api_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<base::ThreadScheduler> scheduler_;
    base::ScheduledJob maintenance_;
};

int run_serve(const Invocation& invocation, Console& console) {
    const Signals signals;
    set_limits();
    auto loaded = load_settings(invocation.sources);
    if (!loaded) {
        console.fail_with(loaded.error());
        return kExitConfig;
    }
    bool fatal = false;
    for (const Finding& finding : examine_exposure(loaded->settings)) {
        console.say((finding.fatal ? "" : "warning: ") + finding.text);
        fatal = fatal || finding.fatal;
    }
    if (fatal) return kExitConfig;
    Service service(*std::move(loaded), invocation.sources, console);
    if (const auto served = service.run(signals); !served) {
        console.fail_with(served.error());
        return exit_code_of(served.error());
    }
    return kExitDone;
}

}  // namespace

const Command kServe{.name = "serve",
                     .summary = "Runs the server.",
                     .manual =
                         "Says `attune: ready on http://HOST:PORT` on standard error once it can "
                         "answer. SIGTERM and SIGINT let running "
                         "requests finish and end it with 0; SIGHUP reads the live settings again; "
                         "TLS files are read again when they "
                         "change. When the disk fails it stops at once with 70.",
                     .settings = TakesSettings::all,
                     .run = &run_serve};

}  // namespace attune::app
