// ItemUpload: the body of POST /items while it arrives. JSON (one item or an array) is saved as a whole when all of it is
// there; lines are saved in groups as they come. Called on workers' threads, for it waits for the disk itself.
#pragma once

#include "api/call.h"
#include "api/line_results.h"
#include "api/upload_body.h"
#include "base/lines.h"
#include "base/result.h"
#include "engine/catalogue/item_edit.h"
#include "http/message.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::api {

class ItemUpload final : public http::BodySink {
public:
    // The services outlive the upload; everything else of the call is copied.
    ItemUpload(const Call& call, bool answer_in_lines);

    [[nodiscard]] Result<std::optional<base::Ticket>> write(std::string_view piece) override;
    [[nodiscard]] http::Answer finish() override;
    // Says how many lines need not be sent again.
    [[nodiscard]] Error broken_off(Error why) const override;

private:
    void take_line(const base::Line& line);
    [[nodiscard]] Result<void> save_group();
    [[nodiscard]] Result<http::Answer> finish_lines();
    [[nodiscard]] Result<http::Answer> finish_json();

    Services& services_;
    const domain::TenantId tenant_;
    const std::string path_;
    const std::string request_id_;
    const bool answer_in_lines_;

    UploadBody body_;
    std::vector<PendingLine> pending_;
    std::vector<engine::ItemEdit> group_;
    std::vector<std::size_t> places_;  // of each of the group in pending_
    std::size_t group_bytes_ = 0;
    LineResults results_;
};

}  // namespace attune::api
