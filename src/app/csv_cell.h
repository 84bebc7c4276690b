// Cells of a CSV that a spreadsheet will open: quoted where RFC 4180 asks for it, and never a formula.
#pragma once

#include <string>
#include <string_view>

namespace attune::app {

// Appends `text` as one cell. A text that a spreadsheet would take for a formula or a command (it begins with
// = + - @, a tab, a carriage return or NUL, quotes before it aside) is preceded by a single quote, which spreadsheets do
// not show.
void append_cell(std::string& row, std::string_view text);
// The text that was guarded so: of a cell that was not, the cell. For every text, what append_cell made of it is it again.
[[nodiscard]] std::string_view unguarded(std::string_view cell);
// Appends what is known to be a number, which needs neither.
void append_number_cell(std::string& row, double number);

}  // namespace attune::app
