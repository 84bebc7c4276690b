// LogicCompiler: an expression's JSON into a LogicProgram. Inside of engine/logic.
#pragma once

#include "engine/logic/logic.h"
#include "engine/logic/logic_program.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class LogicCompiler {
public:
    explicit LogicCompiler(const LogicOptions& options) : options_(options) {}

    [[nodiscard]] Result<std::shared_ptr<const LogicProgram>> compile(base::JsonView expression);

private:
    // Each answers the number of the node that it made, which is the last one, with what it consists of before it.
    Result<std::uint32_t> any(base::JsonView view);
    Result<std::uint32_t> array(base::JsonView view);
    Result<std::uint32_t> operation(std::string_view name, base::JsonView argument);
    Result<std::uint32_t> constant(base::JsonView view);

    // Compiles the argument, or each of the array's entries; says what is wrong with their number or, where they are
    // constants, with themselves.
    Result<LogicNode> with_arguments(const LogicOperator& known, base::JsonView argument);
    Result<void> check_literals(const LogicNode& node);
    Result<void> check_sem_ver(const LogicNode& node);
    Result<void> check_fractional(const LogicNode& node);
    Result<LogicNode> var(LogicNode node);
    Result<LogicNode> matches(LogicNode node);

    // Gives a path that is asked for more than once a slot, so that it is looked for once.
    void give_slots();
    // Tells each path, and each test of one, where its steps are.
    void link();

    std::uint32_t add(const LogicNode& node);
    // Makes the last nodes, from `first` on, constants of one list.
    std::uint32_t fold(std::uint32_t first);
    [[nodiscard]] bool can_fold(std::uint32_t first, std::size_t count) const;
    [[nodiscard]] bool is_test(const LogicNode& node) const;
    [[nodiscard]] bool is_boolean(const LogicNode& node) const;
    [[nodiscard]] bool is_shareable(const LogicNode& node) const;
    [[nodiscard]] const LogicValue* literal(const LogicNode& node, std::uint32_t argument) const;
    std::string_view keep(std::string_view text);
    LogicValue own(base::JsonView view);
    std::unexpected<Error> wrong(std::string detail) const;
    std::unexpected<Error> wrong_argument(const LogicNode& node, std::uint32_t argument,
                                          std::string detail) const;

    const LogicOptions options_;
    std::shared_ptr<LogicProgram> program_ = std::make_shared<LogicProgram>();
    std::string pointer_;
    std::size_t depth_ = 0;
    std::size_t nodes_ = 0;
    std::vector<std::uint32_t>
        outer_paths_;  // the nodes of those that are about the whole data, not about an entry of it
    std::size_t iterations_ = 0;  // around this place: its data is an entry of an array
};

}  // namespace attune::engine
