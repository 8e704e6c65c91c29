// What the features found, as the wire writes it.
#pragma once

#include "lsp/features/solve/solve.h"
#include "lsp/wire/solve_report.h"

namespace lsp {

wire::SolveReport report_of(const features::solve::Solution& found);

}  // namespace lsp
