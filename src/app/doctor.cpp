#include "app/commands.h"
#include "app/secret_file.h"
#include "app/wiring.h"
#include "app/workplace.h"

#include <openssl/ssl.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace attune::app {

namespace {

// What is found, told line by line; the worst of it decides the exit code.
class Findings {
public:
    explicit Findings(Console& console) : console_(console) {}
    void good(const std::string& text) { line("ok   ", text); }
    void doubtful(const std::string& text) { line("warn ", text); }
    void bad(const std::string& text) {
        line("FAIL ", text);
        failed_ = true;
    }
    [[nodiscard]] bool failed() const { return failed_; }

private:
    void line(std::string_view mark, const std::string& text) {
        console_.write_line(std::string(mark) + printable(text));
    }

    Console& console_;
    bool failed_ = false;
};

void examine_directory(const Settings& settings, Findings& findings) {
    struct stat status{};
    if (::stat(settings.data_dir.c_str(), &status) != 0) {
        findings.good("data_dir " + settings.data_dir +
                      " is not there yet; the first start makes it");
        return;
    }
    if (!S_ISDIR(status.st_mode))
        return findings.bad("data_dir " + settings.data_dir + " is no directory");
    if (::access(settings.data_dir.c_str(), R_OK | W_OK | X_OK) != 0) {
        return findings.bad("data_dir " + settings.data_dir + " cannot be written by this user");
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        findings.doubtful("data_dir " + settings.data_dir + " is open to others; run: chmod 700 " +
                          settings.data_dir);
    } else {
        findings.good("data_dir " + settings.data_dir + " belongs to this user alone");
    }
}

void examine_disk(const Settings& settings, Findings& findings) {
    struct statvfs disk{};
    const std::string path =
        ::access(settings.data_dir.c_str(), F_OK) == 0 ? settings.data_dir : ".";
    if (::statvfs(path.c_str(), &disk) != 0)
        return findings.doubtful("the disk's free space cannot be read");
    const std::uint64_t free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    const std::uint64_t total_bytes = std::uint64_t{disk.f_blocks} * disk.f_frsize;
    const std::uint64_t reserve =
        settings.disk_reserve_bytes != 0
            ? settings.disk_reserve_bytes
            : std::max<std::uint64_t>(16u << 20,
                                      std::min<std::uint64_t>(256u << 20, total_bytes / 20));
    const std::string text = grouped(free_bytes >> 20) + " MiB are free on the disk, " +
                             grouped(reserve >> 20) + " MiB of them are the reserve";
    if (free_bytes < reserve) return findings.bad(text + ": writes would be refused");
    if (free_bytes < 4 * reserve) return findings.doubtful(text);
    findings.good(text);
}

void examine_limits(const Settings& settings, Findings& findings) {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return findings.doubtful("the limit of open files cannot be read");
    const std::uint64_t needed = settings.connections_max + 1'024;
    const std::string text = "up to " + grouped(files.rlim_max) + " open files are allowed";
    if (files.rlim_max < needed) {
        findings.doubtful(text + "; connections_max wants " + grouped(needed) +
                          ": raise LimitNOFILE or ulimit -Hn");
    } else {
        findings.good(text);
    }
}

void examine_tls(const Settings& settings, Findings& findings) {
    if (settings.tls_cert.empty() || settings.tls_key.empty()) return;
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    if (context == nullptr) return findings.bad("OpenSSL cannot be used");
    if (SSL_CTX_use_certificate_chain_file(context.get(), settings.tls_cert.c_str()) != 1) {
        return findings.bad("tls_cert " + settings.tls_cert +
                            " is no PEM certificate that can be read");
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), settings.tls_key.c_str(), SSL_FILETYPE_PEM) !=
        1) {
        return findings.bad("tls_key " + settings.tls_key +
                            " is no PEM key that can be read, or not the certificate's");
    }
    if (auto kept = check_secret_file(settings.tls_key); !kept)
        findings.doubtful(kept.error().message);
    const auto* end = X509_get0_notAfter(SSL_CTX_get0_certificate(context.get()));
    int days = 0;
    int seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, nullptr, end) != 1)
        return findings.doubtful("the certificate's end cannot be read");
    if (days < 0 || seconds < 0) return findings.bad("the certificate has expired");
    if (days < 14)
        return findings.doubtful("the certificate expires in " + std::to_string(days) + " days");
    findings.good("the certificate is good for " + std::to_string(days) + " days");
}

void examine_files(const LoadedSettings& loaded, Findings& findings) {
    const Settings& settings = loaded.settings;
    if (!settings.geo_file.empty() && ::access(settings.geo_file.c_str(), R_OK) != 0) {
        findings.bad("geo_file " + settings.geo_file + " cannot be read");
    }
    if (loaded.config_file && ::access(loaded.config_file->c_str(), W_OK) == 0) {
        struct stat status{};
        if (::stat(loaded.config_file->c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0) {
            findings.bad(*loaded.config_file + " may be changed by anybody");
        }
    }
}

// Kubernetes puts ATTUNE_PORT and the like into every container beside a service called attune, so a variable that is no
// setting cannot be an error; it may still be a slip.
void examine_environment(Findings& findings) {
    constexpr std::string_view kPrefix = "ATTUNE_";
    constexpr std::string_view kKnown[] = {"ATTUNE_CONFIG", "ATTUNE_KEY", "ATTUNE_ROOT_KEY_FILE"};
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view variable(*entry);
        if (!variable.starts_with(kPrefix)) continue;
        const auto name = variable.substr(0, variable.find('='));
        bool known = std::ranges::find(kKnown, name) != std::end(kKnown);
        for (const Setting& setting : settings_table())
            known = known || variable_of(setting) == name;
        if (!known) findings.doubtful(std::string(name) + " is no setting");
    }
}

void list_settings(const LoadedSettings& loaded, Console& console) {
    for (const Setting& setting : settings_table()) {
        const auto found = loaded.origins.find(setting.name);
        const auto origin = found == loaded.origins.end() ? Origin::built_in : found->second;
        console.write_line(std::string(setting.name) + " = " +
                           printable(text_of(loaded.settings, setting)) + "  (" +
                           std::string(name_of(origin)) + ")");
    }
}

int run_doctor(const Invocation& invocation, Console& console) {
    if (invocation.has("page")) return console.write(settings_page()) ? kExitDone : kExitProblems;
    if (invocation.has("commands"))
        return console.write(commands_page()) ? kExitDone : kExitProblems;
    Findings findings(console);
    const auto loaded = load_settings(invocation.sources);
    if (!loaded) {
        for (const auto& field : loaded.error().fields)
            findings.bad(field.pointer + " " + field.detail);
        return kExitConfig;
    }
    if (invocation.has("list")) list_settings(*loaded, console);
    findings.good("settings" +
                  (loaded->config_file ? " with " + *loaded->config_file : std::string()) +
                  " are valid");
    for (const Finding& finding : examine_exposure(loaded->settings)) {
        finding.fatal ? findings.bad(finding.text) : findings.doubtful(finding.text);
    }
    examine_environment(findings);
    examine_directory(loaded->settings, findings);
    examine_disk(loaded->settings, findings);
    examine_limits(loaded->settings, findings);
    examine_tls(loaded->settings, findings);
    examine_files(*loaded, findings);
    return findings.failed() ? kExitProblems : kExitDone;
}

}  // namespace

const Command kDoctor{
    .name = "doctor",
    .summary =
        "Checks settings, directory, disk, limits and TLS files, and names every insecure setting.",
    .manual =
        "Takes the settings that `serve` would take. Exit code 1 when the server would not start "
        "or not serve, 78 when the "
        "settings cannot be read.",
    .options = {{.name = "list",
                 .doc = "Also print every setting, its value and where that came from."},
                {.name = "page", .doc = "Print docs/configuration.md and nothing else."},
                {.name = "commands", .doc = "Print docs/cli.md and nothing else."}},
    .settings = TakesSettings::all,
    .run = &run_doctor};

}  // namespace attune::app
