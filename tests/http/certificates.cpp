#include "certificates.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

namespace attune::http::testing {

Folder::Folder() {
    std::string path = (std::filesystem::temp_directory_path() / "attune-http-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    path_ = path;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void write_text(const std::string& file, const std::string& text) {
    // Replaced whole, as whoever renews certificates does it.
    std::ofstream(file + ".new") << text;
    std::filesystem::rename(file + ".new", file);
}

void write_certificate(const std::string& certificate_file, const std::string& key_file,
                       const std::string& common_name) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    ASSERT_TRUE(key && certificate);
    X509* x509 = certificate.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key.get());
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(x509, name);
    for (const auto& [kind, value] : {std::pair{NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost"},
                                      std::pair{NID_basic_constraints, "critical,CA:TRUE"}}) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
        X509_add_ext(x509, extension, -1);
        X509_EXTENSION_free(extension);
    }
    ASSERT_GT(X509_sign(x509, key.get(), EVP_sha256()), 0);
    const auto write = [](const std::string& file, auto&& writer) {
        const std::string fresh = file + ".new";
        FILE* out = std::fopen(fresh.c_str(), "w");
        ASSERT_NE(out, nullptr);
        EXPECT_EQ(writer(out), 1);
        std::fclose(out);
        std::filesystem::rename(fresh, file);
    };
    write(certificate_file, [&](FILE* out) { return PEM_write_X509(out, x509); });
    write(key_file, [&](FILE* out) {
        return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

}  // namespace attune::http::testing
