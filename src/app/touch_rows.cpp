#include "app/touch_rows.h"

#include "app/import_rows.h"

namespace attune::app {

Result<learn::Touches> read_touches(const std::string& path, learn::Vocabulary& vocabulary,
                                    learn::TouchFile::Shape shape) {
    ATTUNE_TRY(const auto file, RowFile::open(path));
    learn::TouchFile touches(vocabulary, path, shape);
    for (;;) {
        ATTUNE_TRY(const std::string_view bytes, file->read());
        if (bytes.empty()) return std::move(touches).finish();
        ATTUNE_TRY_VOID(touches.feed(bytes));
    }
}

}  // namespace attune::app
