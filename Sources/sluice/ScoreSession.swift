import Domain
import Gating
import Glibc
import Interchange
import Metrics
import Notation
import Replay
import Scoring
import Statistics
import Storage
import Text

/// One run over lines: reads, measures, writes, sums up.
struct ScoreSession {
    private let definitions: [MetricDefinition]
    private let path: String?
    private let confidence: Double
    private let showsLines: Bool
    private let isJSON: Bool
    private let console: Console
    private let models: any ModelProvider
    private let showsReasons: Bool
    /// All lines, where a metric looks at all of them before the first can be scored; nil: they are read as they come.
    private let spooled: [UInt8]?

    private typealias Stop = ScoreCommand.Stop

    init(_ arguments: Arguments, _ console: Console) throws(ScoreCommand.Stop) {
        self.console = console
        path = arguments.value("file")
        confidence = try ScoreCommand.confidence(arguments)
        showsLines = !arguments.has("whole")
        isJSON = arguments.has("json")
        showsReasons = !arguments.has("scores")
        var policy: PolicyFile?
        if let path = arguments.value("policy") {
            do throws(PolicyFile.Shown) { policy = try PolicyFile.load(path, console: console) } catch {
                throw Stop(status: error.status, message: nil)
            }
        }
        let requests = try Self.requests(arguments, policy)
        definitions = try Self.definitions(requests, arguments, policy) {
            console.error(Sluice.printable($0))
        }
        let wantsAll = requests.contains { $0.parameter?["idf"]?.boolValue == true }
        spooled = wantsAll ? try Self.spool(path) : nil
        models = try Self.models(definitions, policy, spooled, console)
    }

    /// Most bytes of lines that are held for a metric that looks at all of them first.
    private static let mostSpooled = 512 << 20

    private static func spool(_ path: String?) throws(ScoreCommand.Stop) -> [UInt8] {
        let descriptor = try opened(path)
        defer { if path != nil { close(descriptor) } }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Stop.input(String(cString: strerror(errno))) }
            if count == 0 { return all }
            all += buffer[..<count]
            guard all.count <= mostSpooled else {
                throw Stop.input(
                    "the lines are more than 512 MiB, which 'idf' has to look at before the first is scored; score them "
                        + "in parts, or by 'sluice eval' over a data set")
            }
        }
    }

    private static func opened(_ path: String?) throws(ScoreCommand.Stop) -> Int32 {
        let descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else { throw Stop.input("\(path ?? ""): \(String(cString: strerror(errno)))") }
        return descriptor
    }

    /// The references of all lines that can be read.
    private static func references(_ bytes: [UInt8]) -> [String] {
        var reader = ScoredRowReader()
        var splitter = JSONLineSplitter()
        var found: [String] = []
        func take(_ number: Int, _ line: UnsafeBufferPointer<UInt8>) {
            if let row = try? reader.read(line, line: number) { found += row.example.references }
        }
        // A line that is too long ends the scoring too, and is told there.
        try? bytes.withUnsafeBufferPointer { try splitter.feed($0, take) }
        try? splitter.finish(take)
        return found
    }

    /// Who answers what the metrics ask of models; an error where a metric asks one that nobody named.
    private static func models(
        _ definitions: [MetricDefinition], _ file: PolicyFile?, _ spooled: [UInt8]?, _ console: Console
    ) throws(ScoreCommand.Stop) -> any ModelProvider {
        let needs = definitions.compactMap(\.models)
        guard !needs.isEmpty else { return NoModels() }
        guard let file else {
            let kind = needs.flatMap(\.kinds).first
            throw Stop.usage("a metric asks \(kind?.words ?? "a model"): name the policy with --policy FILE")
        }
        var known: (@Sendable () -> [String])?
        if let spooled { known = { Self.references(spooled) } }
        let provider: any ModelProvider
        do {
            provider = try ModelDoor.open(
                file.policy, file, allowance: PolicyDoor(asItStands: file).allowance,
                store: PolicyFile.resolve(".sluice", file.folder),
                examples: nil, references: known,
                notice: { console.error("waiting: \($0)") })
        } catch { throw Stop.input("\(error)") }
        for kind in needs.flatMap(\.kinds) where provider.model(kind) == nil {
            throw Stop.input("\(file.path): a metric asks \(kind.words), which is not there")
        }
        return provider
    }

    private static func requests(
        _ arguments: Arguments, _ file: PolicyFile?
    ) throws(ScoreCommand.Stop) -> [MetricRequest] {
        var requests: [MetricRequest] = []
        if let file {
            if arguments.positionals.isEmpty {
                requests = file.policy.metrics.filter { $0.kpi == nil }
                if requests.isEmpty { throw Stop.input("\(file.path) names no metric") }
            }
        } else if arguments.positionals.isEmpty {
            throw Stop.usage("name a metric; 'sluice metrics' lists them")
        }
        for word in arguments.positionals { requests.append(try request(word)) }
        return requests
    }

    private static func definitions(
        _ requests: [MetricRequest], _ arguments: Arguments, _ file: PolicyFile?, warn: (String) -> Void
    ) throws(ScoreCommand.Stop) -> [MetricDefinition] {
        var resources = file?.resources ?? MetricResources()
        let folder = file?.folder ?? ""
        var definitions: [MetricDefinition] = []
        for request in requests {
            for name in request.namedFiles where resources.files[name] == nil {
                do throws(StoreError) {
                    let place = arguments.value("policy") == nil ? name : PolicyFile.resolve(name, folder)
                    resources.files[name] = try PolicyFile.json(try InputFile.read(place), path: place)
                } catch { throw Stop.input("\(request.name): \(error.description)") }
            }
            do throws(MetricProblem) {
                let definition = try MetricCatalogue.define(request, resources: resources)
                // A policy's own were told where it was read.
                for hint in definition.hints where !arguments.positionals.isEmpty {
                    let place = request.namedFiles.first.map { ", \($0)" } ?? ""
                    warn("warning: the schema of '\(request.name)'\(place): \(hint)")
                }
                definitions.append(definition)
            } catch {
                let hint = error.suggestion.map { "; did you mean '\($0)'?" } ?? ""
                throw Stop.usage(Sluice.printable(error.message + hint))
            }
        }
        return try named(definitions, requests)
    }

    /// Metrics that share a name bear their parameters too: `rouge_l`, `levenshtein: { … }`.
    private static func named(
        _ definitions: [MetricDefinition], _ requests: [MetricRequest]
    ) throws(ScoreCommand.Stop) -> [MetricDefinition] {
        var named: [MetricDefinition] = []
        for (definition, request) in zip(definitions, requests) {
            var definition = definition
            if definitions.count(where: { $0.name == definition.name }) > 1, let parameter = request.parameter
            {
                let text = parameter.stringValue ?? String(decoding: parameter.bytes(), as: UTF8.self)
                definition = definition.named("\(definition.name): \(text)")
            }
            if named.contains(where: { $0.name == definition.name }) {
                throw Stop.usage("'\(Sluice.printable(definition.name))' stands twice")
            }
            named.append(definition)
        }
        return named
    }

    /// A metric as a policy's list has it: a name, or `name: parameter`.
    private static func request(_ word: String) throws(ScoreCommand.Stop) -> MetricRequest {
        let document = YAMLNode.read(Array(word.utf8))
        guard document.problems.isEmpty, let root = document.root else {
            throw Stop.usage("'\(Sluice.printable(word))' is no metric")
        }
        if let member = root.members?.first, root.members?.count == 1, let name = member.key.text {
            return MetricRequest(name: name, parameter: member.value.json)
        }
        guard let name = root.text else { throw Stop.usage("'\(Sluice.printable(word))' is no metric") }
        return MetricRequest(name: name)
    }

    func run() async throws(ScoreCommand.Stop) -> Int32 {
        do throws(ScoreCommand.Stop) {
            let status = try await scored()
            for use in models.uses {
                if let note = GoldenGate.lengthNote(use) { console.error("note: " + Sluice.printable(note)) }
            }
            await ModelDoor.close(models, console)
            return status
        } catch {
            await ModelDoor.close(models, console)
            throw error
        }
    }

    private func scored() async throws(ScoreCommand.Stop) -> Int32 {
        let descriptor = spooled == nil ? try Self.opened(path) : -1
        defer { if path != nil, descriptor >= 0 { close(descriptor) } }
        var tally = Tally(
            definitions: definitions, confidence: confidence, showsLines: showsLines,
            showsReasons: showsReasons)
        var rest = spooled?[...]
        var splitter = JSONLineSplitter()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count: Int
            if let held = rest {
                count = min(held.count, buffer.count)
                buffer.replaceSubrange(..<count, with: held.prefix(count))
                rest = held.dropFirst(count)
            } else {
                count = read(descriptor, &buffer, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Stop.input(String(cString: strerror(errno))) }
            do {
                if count == 0 {
                    try splitter.finish { tally.take($0, $1) }
                    break
                }
                try buffer[..<count].withUnsafeBufferPointer { chunk in
                    try splitter.feed(chunk) { tally.take($0, $1) }
                }
            } catch {
                tally.flush(console)
                throw Stop.input("\(path ?? "standard input"): \(error)")
            }
            await tally.score(models)
            tally.flush(console)
        }
        await tally.score(models)
        tally.flush(console)
        guard tally.lines > 0 else {
            throw Stop.input("\(path ?? "standard input") holds no line; write a JSON object a line")
        }
        if isJSON {
            ScoreCommand.write(console) { tally.summary(&$0) }
        } else {
            console.out((showsLines ? "\n" : "") + tally.table(console.width))
        }
        if tally.bad > 0 { return ExitStatus.badInput }
        guard tally.hasScores else {
            console.error("sluice score: nothing was measured: no line has a score in any metric")
            return ExitStatus.couldNotMeasure
        }
        return 0
    }
}

/// What the lines so far came to.
private struct Tally {
    private let definitions: [MetricDefinition]
    private let showsLines: Bool
    private let showsReasons: Bool
    /// What each metric reads of a line; nil: of a name that the catalogue does not have.
    private let members: [LineMembers?]
    private var reader = ScoredRowReader()
    private var estimates: [StreamedEstimate]
    private var writer = JSONWriter()
    private(set) var lines = 0
    private(set) var bad = 0

    init(definitions: [MetricDefinition], confidence: Double, showsLines: Bool, showsReasons: Bool) {
        self.definitions = definitions
        self.showsReasons = showsReasons
        self.showsLines = showsLines
        members = definitions.map { definition in
            let name = definition.name.split(separator: ":").first.map(String.init) ?? definition.name
            return MetricCatalogue.family(of: name)?.line
        }
        estimates = definitions.map { StreamedEstimate($0, confidence: confidence) }
    }

    /// Whether any line got a score in any metric.
    var hasScores: Bool { estimates.contains { $0.measured > 0 } }

    mutating func flush(_ console: Console) {
        guard !writer.bytes.isEmpty else { return }
        console.out(String(decoding: writer.bytes, as: UTF8.self))
        writer.removeAll()
    }

    /// A line waits with those read beside it, so that models are asked for several at a time.
    private enum Waiting {
        case row(Int, MeasureInput)
        case bad(Int, String)
    }

    private var waiting: [Waiting] = []

    mutating func take(_ number: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
        lines += 1
        do throws(ScoredRowReader.Problem) {
            let (example, observation) = try reader.read(bytes, line: number)
            waiting.append(.row(number, MeasureInput(example: example, observation: observation)))
        } catch {
            bad += 1
            let place = error.column > 0 ? "line \(number), column \(error.column): " : "line \(number): "
            waiting.append(.bad(number, place + error.message))
        }
    }

    /// Measures what waits, in its order.
    mutating func score(_ models: any ModelProvider) async {
        var endless: [Int: [Int: String]] = [:]
        for start in stride(from: 0, to: waiting.count, by: Self.batch) {
            await ask(models, start..<min(waiting.count, start + Self.batch), &endless)
        }
        for (line, entry) in waiting.enumerated() {
            switch entry {
            case .row(let number, var input):
                var scores: [Measurement] = []
                for (place, definition) in definitions.enumerated() {
                    let why = endless[line]?[place]
                    scores.append(why.map { .failed($0) } ?? definition.measured(&input))
                }
                for place in scores.indices { estimates[place].add(scores[place]) }
                if showsLines { write(number, input, scores) }
            case .bad(let number, let problem):
                guard showsLines else { continue }
                writer.beginObject()
                writer.member("line", number)
                writer.member("error", problem)
                writer.endObject()
                writer.endLine()
            }
        }
        waiting.removeAll(keepingCapacity: true)
    }

    /// Lines whose requests go to models together.
    private static let batch = 64

    private mutating func ask(
        _ models: any ModelProvider, _ places: Range<Int>, _ endless: inout [Int: [Int: String]]
    ) async {
        guard definitions.contains(where: { $0.models != nil }) else { return }
        var rows: [(place: Int, number: Int)] = []
        var inputs: [MeasureInput] = []
        for place in places {
            guard case .row(let number, let input) = waiting[place] else { continue }
            rows.append((place, number))
            inputs.append(input)
        }
        for (place, number, why) in await ModelRequests.answer(&inputs, definitions, models) {
            endless[rows[place].place, default: [:]][number] = why
        }
        for (row, input) in zip(rows, inputs) { waiting[row.place] = .row(row.number, input) }
    }

    private mutating func write(_ number: Int, _ input: borrowing MeasureInput, _ scores: [Measurement]) {
        writer.beginObject()
        writer.member("line", number)
        writer.member("id", input.example.id)
        writer.key("scores")
        writer.beginObject()
        var unscored: [(name: String, state: String, why: String)] = []
        for (place, (definition, score)) in zip(definitions, scores).enumerated() {
            writer.key(definition.name)
            switch score {
            case .value(let value) where value.isFinite: writer.number(value)
            case .value:
                writer.null()
                unscored.append((definition.name, "failed", "the metric gave no finite number"))
            case .values(let values):
                if case .sums(let combine) = definition.aggregate, let value = combine(values), value.isFinite
                {
                    writer.number(value)
                } else {
                    writer.null()
                    unscored.append((definition.name, "not_applicable", Self.wholeOnly))
                }
            case .labels(let labels): writer.value(.array(labels.map { .string($0) }))
            case .notApplicable(let why):
                writer.null()
                unscored.append((definition.name, "not_applicable", why + missing(place, input)))
            case .failed(let why), .unmeasured(let why):
                writer.null()
                unscored.append((definition.name, "failed", why + missing(place, input)))
            }
        }
        writer.endObject()
        if !unscored.isEmpty, showsReasons {
            writer.key("unscored")
            writer.beginObject()
            for entry in unscored {
                writer.key(entry.name)
                writer.beginObject()
                writer.member(entry.state, entry.why)
                writer.endObject()
            }
            writer.endObject()
        }
        writer.endObject()
        writer.endLine()
    }

    /// The members that the metric reads and the line lacks: `; the line has no 'body'`.
    private func missing(_ place: Int, _ input: borrowing MeasureInput) -> String {
        guard let missing = members[place]?.missing(in: input), !missing.isEmpty else { return "" }
        // A member of nobody's that is nearly its name was meant for it.
        let unknown = input.example.columns.map(\.name)
        return "; the line has no "
            + missing.map { name in
                let slip = nearest(name, in: unknown).map { " (it has '\($0)')" } ?? ""
                return "'\(name)'\(slip)"
            }.joined(separator: " and no ")
    }

    /// Why a line has no value of its own in a metric whose numbers are summed over all lines.
    private static let wholeOnly = "the line alone has no value; it counts in the whole"

    func summary(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("format", "sluice.score/1")
        writer.member("lines", lines)
        writer.member("bad_lines", bad)
        writer.key("metrics")
        writer.beginArray()
        for (definition, estimate) in zip(definitions, estimates) {
            let summary = estimate.summary
            writer.beginObject()
            writer.member("metric", definition.name)
            writer.key("value")
            if let value = summary.value, value.isFinite {
                writer.number(value)
            } else if let text = summary.text {
                writer.string(text)
            } else {
                writer.null()
            }
            if let interval = summary.interval {
                writer.key("interval")
                writer.beginArray()
                writer.number(interval.lower)
                writer.number(interval.upper)
                writer.endArray()
                writer.member("confidence", interval.confidence)
                writer.member("interval_method", interval.method)
            }
            if !summary.method.isEmpty { writer.member("method", summary.method) }
            if let note = summary.note { writer.member("note", note) }
            writer.member("unit", definition.unit.rawValue)
            writer.member("better", definition.direction.rawValue)
            writer.member("n", estimate.measured)
            writer.member("not_applicable", estimate.notApplicable)
            writer.member("failed", estimate.failed)
            if !estimate.reasons.isEmpty {
                writer.key("reasons")
                writer.beginObject()
                for reason in estimate.reasons.keys.sorted() {
                    writer.member(reason, estimate.reasons[reason] ?? 0)
                }
                writer.endObject()
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    func table(_ width: Int) -> String {
        let rows = zip(definitions, estimates).map { definition, estimate in
            let summary = estimate.summary
            var words =
                summary.value.map(number) ?? summary.text.map { "'\(Sluice.printable($0))'" } ?? "none"
            if let interval = summary.interval {
                let share = number(interval.confidence * 100)
                words +=
                    " [\(number(interval.lower)), \(number(interval.upper))] \(share) % \(interval.method)"
            }
            words += ", n \(Numbers.grouped(estimate.measured))"
            if estimate.notApplicable > 0 { words += ", \(estimate.notApplicable) not applicable" }
            if estimate.failed > 0 { words += ", \(estimate.failed) failed" }
            if let note = summary.note { words += "; \(note)" }
            let why = estimate.reasons.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
            if let first = why.first { words += "; most often: \(Sluice.printable(first.key))" }
            return (definition.name, words)
        }
        var text = Help.table(rows, width)
        text += Prose.counted(lines, "line")
        if bad > 0 { text += ", \(Numbers.grouped(bad)) of them bad and not scored" }
        return text + "\n"
    }

    private func number(_ value: Double) -> String {
        guard abs(value) < 1e12, abs(value) >= 1e-4 || value == 0 else { return "\(value)" }
        let scaled = (value * 10_000).rounded() / 10_000
        return scaled == scaled.rounded() ? "\(Int(scaled))" : "\(scaled)"
    }
}
