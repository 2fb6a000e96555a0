import Domain
import Gating
import Metrics
import Statistics
import Text

/// From the scores of the variants to a report. Pure: the same scores, seed and options give the same report.
public struct SweepAnalysis: Sendable {
    /// One variant with what came of asking it.
    public struct Side: Sendable {
        public enum Outcome: Sendable {
            case scored(
                any ScoreTable, MeasurementCounts, versions: [Manifest.ObservedVersion], cost: Double?)
            /// It could not be asked, or not to the end: why.
            case failed(String)
        }

        public let variant: Variant
        public let target: String
        public let outcome: Outcome

        public init(variant: Variant, target: String, outcome: Outcome) {
            self.variant = variant
            self.target = target
            self.outcome = outcome
        }
    }

    /// Why there is nothing to report.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    let facts: SweepReport.Facts
    let sweep: SweepPolicy
    let sides: [Side]
    let definitions: [MetricDefinition]
    let metrics: [SweepReport.Metric]
    let options: GateOptions

    /// - Parameters:
    ///   - sides: The reference first, then the other variants.
    ///   - axes: Metrics to draw the frontier on.
    ///   - claimed: Metrics on which differences are claimed, besides the axes.
    public init(
        facts: SweepReport.Facts, sweep: SweepPolicy, sides: [Side], definitions: [MetricDefinition],
        axes: [MetricReference], claimed: [MetricReference], options: GateOptions
    ) {
        self.facts = facts
        self.sweep = sweep
        self.sides = sides
        self.definitions = definitions
        self.options = options
        var metrics: [SweepReport.Metric] = []
        func add(_ reference: MetricReference, isAxis: Bool, isClaimed: Bool) {
            let name = MetricCatalogue.definitionName(for: reference)
            guard !metrics.contains(where: { $0.reference == reference }),
                let definition = definitions.first(where: { $0.name == name }), definition.unit != .text
            else { return }
            metrics.append(
                SweepReport.Metric(
                    reference: reference, summary: definition.summary, unit: definition.unit.rawValue,
                    direction: definition.direction.rawValue, tier: definition.tier.rawValue, isAxis: isAxis,
                    isClaimed: isClaimed))
        }
        for axis in axes { add(axis, isAxis: true, isClaimed: true) }
        for metric in claimed { add(metric, isAxis: false, isClaimed: true) }
        for definition in definitions {
            add(SweepAnalysis.reference(definition), isAxis: false, isClaimed: false)
        }
        self.metrics = metrics
    }

    /// `stage_latency[retrieval]` as a reference has it.
    private static func reference(_ definition: MetricDefinition) -> MetricReference {
        guard let open = definition.name.firstIndex(of: "["), definition.name.hasSuffix("]") else {
            return MetricReference(name: definition.name)
        }
        let member = definition.name[definition.name.index(after: open)...].dropLast()
        return MetricReference(name: String(definition.name[..<open]), selector: .named(String(member)))
    }

    private var claims: [Int] { metrics.indices.filter { metrics[$0].isClaimed } }

    /// - Throws: `Problem` where the reference could not be measured; what reading the tables throws.
    public func report() throws -> SweepReport {
        guard let first = sides.first else { throw Problem(description: "there is no variant") }
        let reference: any ScoreTable
        switch first.outcome {
        case .failed(let why):
            throw Problem(description: "the reference '\(first.variant.name)' could not be measured: \(why)")
        case .scored(let table, let measurement, _, _):
            if let why = unusable(table, measurement) {
                throw Problem(
                    description: "the reference '\(first.variant.name)' could not be measured: \(why)")
            }
            reference = table
        }
        let family = max(1, (sides.count - 1) * claims.count)
        let joint = 1 - options.alphaOfClaims / Double(family)
        var rows: [SweepReport.Row] = []
        var tables: [(any ScoreTable)?] = []
        for (place, side) in sides.enumerated() {
            let (row, table) = try row(side, isReference: place == 0, reference, joint)
            rows.append(row)
            tables.append(table)
        }
        try correct(&rows, family)
        let prints = try tables.map { try $0.map { try AnswerPrint($0) } }
        for place in rows.indices.dropFirst() {
            if let print = prints[place], let own = prints[0] {
                rows[place].changed = print.changes(from: own)
            }
        }
        let standings = try standings(rows, tables)
        for place in rows.indices { rows[place].standing = standings[place] }
        let parameters = effects(prints)
        return SweepReport(
            facts: facts, alpha: options.alphaOfClaims, family: family, jointCoverage: joint,
            coverage: 2 * options.confidence - 1, metrics: metrics, variants: rows, parameters: parameters,
            findings: SweepFindings(
                facts: facts, rows: rows, metrics: metrics, parameters: parameters, options: options
            )
            .all)
    }

    /// Why the scores of an app say nothing.
    private func unusable(_ table: any ScoreTable, _ measurement: MeasurementCounts) -> String? {
        if measurement.answered == 0 {
            let cause = measurement.causes.first { !$0.isMetric }
            return "it answered nothing" + (cause.map { " (\($0.cause): \($0.detail))" } ?? "")
        }
        return GoldenJudge.unmeasured(measurement, table, options: options)
    }

    // MARK: Rows

    private func row(
        _ side: Side, isReference: Bool, _ reference: any ScoreTable, _ joint: Double
    ) throws -> (SweepReport.Row, (any ScoreTable)?) {
        var row = SweepReport.Row(variant: side.variant, isReference: isReference, target: side.target)
        switch side.outcome {
        case .failed(let why):
            row.problem = why
            return (row, nil)
        case .scored(let table, let measurement, let versions, let cost):
            row.measurement = measurement
            row.cost = cost
            row.versions = newVersions(versions)
            if let why = unusable(table, measurement) {
                row.problem = why
                return (row, nil)
            }
            let contrasts = Contrasts(
                PairTable(baseline: reference, candidate: table), definitions: definitions, options: options)
            for metric in metrics {
                row.cells.append(try cell(metric, contrasts, isReference: isReference, joint))
            }
            return (row, table)
        }
    }

    private func newVersions(_ versions: [Manifest.ObservedVersion]) -> [String] {
        guard case .scored(_, _, let own, _)? = sides.first?.outcome else { return [] }
        return versions.filter { !own.contains($0) }.map { "\($0.name) \($0.values.joined(separator: ", "))" }
    }

    private func cell(
        _ metric: SweepReport.Metric, _ contrasts: Contrasts, isReference: Bool, _ joint: Double
    ) throws -> SweepReport.Cell {
        var cell = SweepReport.Cell()
        if let found = try contrasts.estimate(metric.reference, .candidate) {
            cell.estimate = found.estimate
            cell.notApplicable = found.notApplicable
            cell.failed = found.failed
        }
        guard !isReference else { return cell }
        let coverage = metric.isClaimed ? joint : 2 * options.confidence - 1
        guard
            let found = try contrasts.contrast(metric.reference, coverage: coverage, tests: metric.isClaimed),
            found.n > 0
        else { return cell }
        // What no method bounds is shown without an interval, and claims nothing.
        let isBounded = found.problem == nil
        cell.difference = SweepReport.Difference(
            value: found.difference, interval: isBounded ? found.interval : nil, n: found.n,
            changed: found.changed, p: isBounded ? found.p : nil, adjustedP: nil, test: found.test,
            problem: found.problem)
        return cell
    }

    /// Holm's correction over all claims; those that could not be made count as p = 1.
    private func correct(_ rows: inout [SweepReport.Row], _ family: Int) throws {
        var places: [(row: Int, metric: Int)] = []
        var ps: [Double] = []
        for row in rows.indices where !rows[row].cells.isEmpty {
            for metric in claims {
                guard let p = rows[row].cells[metric].difference?.p else { continue }
                places.append((row, metric))
                ps.append(p)
            }
        }
        let adjusted = try holmAdjusted(ps, familySize: family)
        for (place, p) in zip(places, adjusted) {
            rows[place.row].cells[place.metric].difference?.adjustedP = p
        }
    }

    // MARK: Frontier

    private func standings(
        _ rows: [SweepReport.Row], _ tables: [(any ScoreTable)?]
    ) throws -> [SweepReport.Standing] {
        let axes = metrics.indices.filter { metrics[$0].isAxis }
        let values = rows.map { row in
            axes.map { row.cells.isEmpty ? nil : row.cells[$0].estimate?.value }
        }
        let frontier = Frontier(
            tables: tables, names: rows.map(\.variant.name), values: values,
            axes: axes.map {
                (metrics[$0].reference, Direction(rawValue: metrics[$0].direction) ?? .higher)
            },
            definitions: definitions, options: options)
        return try frontier.standings()
    }

    // MARK: Parameters

    /// Whether each parameter did anything: among variants that differ in it alone.
    private func effects(_ prints: [AnswerPrint?]) -> [SweepReport.Parameter] {
        var names: [String] = []
        for side in sides {
            for setting in side.variant.settings where !names.contains(setting.parameter) {
                names.append(setting.parameter)
            }
        }
        return names.map { name in
            var values: [String] = []
            for side in sides {
                guard let value = side.variant.value(of: name).map(Variant.text), !values.contains(value)
                else {
                    continue
                }
                values.append(value)
            }
            return SweepReport.Parameter(
                name: name, place: sweep.place(of: name).text, values: values, effect: effect(name, prints))
        }
    }

    private func effect(_ name: String, _ prints: [AnswerPrint?]) -> SweepReport.Parameter.Effect {
        var groups: [[SweepPolicy.Setting]: [Int]] = [:]
        for (place, side) in sides.enumerated() where prints[place] != nil {
            groups[side.variant.sorted.filter { $0.parameter != name }, default: []].append(place)
        }
        var seen = 0
        var largest = (answers: 0, of: 0)
        for members in groups.values {
            for one in members {
                for other in members where other > one {
                    guard let first = prints[one], let second = prints[other],
                        let found = second.changes(from: first)
                    else { continue }
                    seen = max(seen, found.of)
                    if found.answers > largest.answers
                        || (found.answers == largest.answers && found.of > largest.of)
                    {
                        largest = found
                    }
                }
            }
        }
        guard seen > 0 else { return .unknown }
        return largest.answers > 0 ? .changed(answers: largest.answers, of: largest.of) : .none(of: seen)
    }
}

extension GateOptions {
    /// Error allowed to a sweep's claims together.
    var alphaOfClaims: Double { ((1 - confidence) * 1e12).rounded() / 1e12 }
}
