import Domain
import Metrics
import Notation

/// Reads `sluice.yaml`: bytes to a policy, with everything that is wrong with it.
///
/// Pure: the caller reads the file, and resolves relative paths against its folder. Linear in the size of the
/// file and the number of rules.
public struct PolicyReader {
    private let log: ProblemLog
    private let repeats: Int?

    /// - Parameters:
    ///   - path: How messages call the file.
    ///   - repeats: `--repeat` of the command line, which overrides `app.limits.repeats`.
    /// - Returns: The policy, nil where there is any error; and all diagnostics in the order of their places.
    public static func read(
        _ bytes: [UInt8], path: String, repeats: Int? = nil
    ) -> (policy: ReleasePolicy?, diagnostics: [Diagnostic]) {
        let document = YAMLNode.read(bytes, limits: limits)
        // Lossy decoding keeps excerpts possible where the bytes are no UTF-8; the reader has refused those
        // already.
        let text = String(
            decoding: bytes.count > limits.bytes ? bytes.prefix(4096) : bytes[...], as: UTF8.self)
        let log = ProblemLog(lines: SourceLines(path: path, text: text))
        let reader = PolicyReader(log: log, repeats: repeats)
        let policy = reader.read(document, text: text)
        let diagnostics = log.found.sortedByPlace()
        return (diagnostics.haveErrors ? nil : policy, diagnostics)
    }

    /// A policy is written by hand: a megabyte of it is a mistake.
    private static let limits = YAMLLimits(depth: 32, bytes: 1 << 20, nodes: 50_000)

    private func read(_ document: YAMLDocument, text: String) -> ReleasePolicy? {
        for problem in document.problems { report(problem) }
        guard let root = document.isWhole ? document.root : document.root.flatMap(Self.withoutLastLeaf) else {
            if document.problems.isEmpty {
                log.report(
                    .missingKey, "the policy is empty", at: .init(SourceMark(line: 1, column: 1), width: 1),
                    mend: "begin with 'version: 1', or run 'sluice init'")
            }
            return nil
        }
        guard root.members != nil else {
            log.report(
                .wrongType, "a policy is a mapping of keys to values", at: .init(root),
                mend: "begin with 'version: 1'")
            return nil
        }
        // After a syntax error the rest of the file is unread: what it lacks is not known.
        FormChecker(log: log, reportsMissing: document.isWhole).checkKeys(root, PolicyKeys.root, "")
        return build(root, text: text)
    }

    private func report(_ problem: YAMLProblem) {
        let isDuplicate = problem.message.hasPrefix("the key '")
        let words = isDuplicate ? "the first one" : "it belongs to this"
        log.report(
            isDuplicate ? .duplicateKey : .syntax, Printable.text(problem.message), at: word(problem.mark),
            mend: mend(problem), related: problem.other.map { (words, word($0)) })
    }

    /// `[each]` inside `[ … ]` is the slip that rules invite.
    private func mend(_ problem: YAMLProblem) -> String? {
        let isBracket = log.lines.scalar(at: problem.mark) == "[" && problem.note == "close the '['"
        return isBracket ? "put a rule that holds brackets in quotes" : problem.note
    }

    private func word(_ mark: SourceMark) -> ProblemLog.Span {
        .init(mark, width: log.lines.wordWidth(at: mark))
    }

    /// The tree without what was being read when a syntax error ended it: half a rule is no wrong rule.
    private static func withoutLastLeaf(_ node: YAMLNode) -> YAMLNode? {
        switch node.content {
        case .scalar: return nil
        case .sequence(var elements):
            guard let last = elements.popLast() else { return nil }
            if let rest = withoutLastLeaf(last) { elements.append(rest) }
            return YAMLNode(content: .sequence(elements), start: node.start, end: node.end)
        case .mapping(var members):
            guard let last = members.popLast() else { return nil }
            if let rest = withoutLastLeaf(last.value) { members.append((last.key, rest)) }
            return YAMLNode(content: .mapping(members), start: node.start, end: node.end)
        }
    }

    private func build(_ root: YAMLNode, text: String) -> ReleasePolicy? {
        let app = root["app"].map { AppReader(log: log).read($0) } ?? AppPolicy(baseline: nil, candidate: nil)
        var policy = ReleasePolicy(
            project: root["project"]?.text ?? "", app: app,
            source: ReleasePolicy.SourceText(path: log.lines.path, text: text))
        policy.datasets = Self.texts(root["dataset"])
        policy.frozen = root["frozen"]?.text
        policy.unsure = root["unsure"]?.text.flatMap(UnsurePolicy.init(rawValue:)) ?? .default
        policy.slices = Self.texts(root["slices"])
        policy.layers = layers(root["layers"])
        policy.prices = AppReader.prices(root["app"]?["prices"])
        policy.estimand =
            root["estimand"]?.text.flatMap(ReleasePolicy.Estimand.init(rawValue:)) ?? .population
        policy.confidence = confidence(root["confidence"])
        policy.unmeasuredLimit = AppReader.measure(root["unmeasured"], .share) ?? 0.05
        if case .integer(let seed) = root["seed"]?.scalar, seed >= 0 { policy.seed = UInt64(seed) }
        for member in root["catalogues"]?.members ?? [] {
            policy.catalogues[member.key.text ?? ""] = Self.texts(member.value)
        }
        policy.upkeep = UpkeepReader.read(root["upkeep"])
        policy.embedding = AppReader(log: log).embedding(root["embedding"])
        if let node = root["embedding"] {
            policy.embeddingPlace = log.lines.place((node["model"] ?? node).start)
        }
        policy.judge = JudgeReader(log: log).read(root["judge"])
        policy.external = ExternalReader(log: log).read(root["external"])
        policy.composites = CompositeReader(log: log).read(root["composite"])
        policy.customs = CustomReader(log: log).read(root["custom"])
        policy.ledger = LedgerReader.read(root["ledger"])
        policy.growth = GrowthReader(log: log).read(root["growth"], slices: policy.slices)
        policy.sweep = SweepReader(log: log).read(root["sweep"])
        let observe = (app.candidate ?? app.baseline)?.observe ?? ObserveMap()
        policy.contract = ContractReader(log: log, observe: observe).read(root["contract"])
        policy.journeys = JourneyReader(log: log).read(root["journey"])
        policy.unfedWaits = root["unfed"]?.text == "wait"
        policy.trust = TrustReader(log: log).read(root["trust"])
        policy.preset = root["preset"]?.text
        if let repeats { policy.app.limits.repeats = repeats }
        var rules = MetricsAndGates(log: log, policy: policy)
        rules.read(root)
        var read = rules.policy
        read.waivers = WaiverReader(log: log).read(root["waivers"], read)
        TrustReader(log: log).check(root["app"], read)
        JudgeReader(log: log).checkFamily(root["judge"], read)
        JudgeReader(log: log).checkTrust(root["judge"], read)
        return read
    }

    private func confidence(_ node: YAMLNode?) -> Double {
        guard let node, let value = AppReader.measure(node, .share) else { return 0.95 }
        if value <= 0.5 || value >= 1 {
            log.report(
                .badValue, "confidence lies above 50 % and below 100 %", at: .init(node), mend: "95% is usual"
            )
        }
        return value
    }

    private func layers(_ node: YAMLNode?) -> [ChangeKind: [Layer]] {
        var layers: [ChangeKind: [Layer]] = [:]
        for member in node?.members ?? [] {
            guard let kind = member.key.text.flatMap(ChangeKind.init(rawValue:)) else { continue }
            layers[kind] = Self.texts(member.value).compactMap(Layer.init(rawValue:))
        }
        return layers
    }

    /// The texts of a list, or the one text that stands for a list.
    static func texts(_ node: YAMLNode?) -> [String] {
        guard let node else { return [] }
        if let elements = node.elements { return elements.compactMap(\.text) }
        return node.text.map { [$0] } ?? []
    }
}
