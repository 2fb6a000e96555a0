import Domain
import Interchange
import Notation

/// Reads `app`: both targets, each whole, with what is not said for an arm taken from `app`.
struct AppReader {
    let log: ProblemLog

    func read(_ node: YAMLNode) -> AppPolicy {
        let shared = Shared(
            template: template(node["request"]), headers: headers(node["headers"]),
            observe: observe(node["observe"], over: ObserveMap()), stream: stream(node["stream"]),
            streamText: node["stream_text"]?.text, prices: Self.prices(node["prices"]))
        var app = AppPolicy(baseline: nil, candidate: nil)
        if let baseline = node["baseline"] {
            if let name = baseline["blessed"]?.text {
                app.blessedBaseline = name
            } else {
                app.baseline = target(baseline, shared)
            }
        }
        if let candidate = node["candidate"] {
            if candidate["blessed"] != nil {
                log.report(
                    .badValue, "the candidate is asked anew, a blessed run cannot stand in for it",
                    at: .init(candidate), mend: "only 'baseline' may be blessed")
            }
            app.candidate = target(candidate, shared)
        }
        if let word = node["conversation"]?.text.flatMap(AppPolicy.Conversation.init(rawValue:)) {
            app.conversation = word
        }
        if let limits = node["limits"] { app.limits = self.limits(limits) }
        return app
    }

    /// Reads `embedding`, which is no part of the app, but asks over HTTP as it does.
    func embedding(_ node: YAMLNode?) -> EmbeddingPolicy? {
        guard let node else { return nil }
        if let folder = node["model"]?.text { return .encoder(folder: folder) }
        guard let address = node["openai"]?.text else { return nil }
        return .endpoint(
            address: address, model: node["name"]?.text ?? "", headers: headers(node["headers"]))
    }

    /// What both arms share.
    private struct Shared {
        let template: JSONValue?
        let headers: [TargetPolicy.Header]
        let observe: ObserveMap
        let stream: Bool?
        let streamText: String?
        let prices: ReleasePolicy.Prices?
    }

    private func target(_ node: YAMLNode, _ shared: Shared) -> TargetPolicy? {
        guard let kind = kind(node, shared) else { return nil }
        var target = TargetPolicy(kind: kind)
        target.headers = merged(shared.headers, headers(node["headers"]))
        target.observe = observe(node["observe"], over: shared.observe)
        if case .object(let overlay)? = template(node["overlay"]) { target.overlay = overlay }
        target.prices = Self.prices(node["prices"]) ?? shared.prices
        target.stream = node["stream"] == nil ? shared.stream : stream(node["stream"])
        target.streamText = node["stream_text"]?.text ?? shared.streamText
        return target
    }

    private func kind(_ node: YAMLNode, _ shared: Shared) -> TargetPolicy.Kind? {
        if let url = node.text {
            check(node, .question)
            return .http(url: url, method: "POST", template: shared.template)
        }
        if let address = node["url"], let url = address.text {
            check(address, .question)
            let own = template(node["request"])
            checkBody(node)
            return .http(url: url, method: node["method"]?.text ?? "POST", template: own ?? shared.template)
        }
        if let address = node["openai"], let url = address.text {
            check(address, .question)
            var parameters = JSONObject()
            if case .object(let given)? = template(node["parameters"]) { parameters = given }
            if let system = node["system"] {
                // A prompt that names a secret is sent as it stands; else it is a template.
                check(system, system.text?.contains("${env:") == true ? .environment : .question)
            }
            let streams = node["stream"] == nil ? shared.stream : stream(node["stream"])
            return .openAI(
                baseURL: url, model: node["model"]?.text ?? "", parameters: parameters,
                stream: streams ?? false,
                system: node["system"]?.text.map(Secretive.init))
        }
        if let arguments = node["command"]?.elements {
            return .command(arguments: arguments.compactMap(\.text))
        }
        if let file = node["recorded"]?.text { return .recorded(file: file) }
        return nil
    }

    /// What a method without a body cannot send.
    private func checkBody(_ node: YAMLNode) {
        guard let method = node["method"]?.text, ["GET", "DELETE"].contains(method) else { return }
        for member in node.members ?? [] where member.key.text == "overlay" || member.key.text == "request" {
            log.report(
                .badValue, "a \(method) request has no body", at: .init(member.key),
                mend: "use POST, or put placeholders into the url")
        }
    }

    // MARK: parts

    /// The later list wins, letter case of names aside (RFC 9110, section 5.1).
    private func merged(_ base: [TargetPolicy.Header], _ own: [TargetPolicy.Header]) -> [TargetPolicy.Header]
    {
        let names = Set(own.map { $0.name.lowercased() })
        return base.filter { !names.contains($0.name.lowercased()) } + own
    }

    func headers(_ node: YAMLNode?) -> [TargetPolicy.Header] {
        var headers: [TargetPolicy.Header] = []
        for member in node?.members ?? [] {
            guard let name = member.key.text, let value = member.value.text else { continue }
            if !name.utf8.allSatisfy(Self.isHeaderByte) {
                log.report(
                    .badValue, "\(Printable.quoted(name)) is no name of a header", at: .init(member.key))
            }
            if value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) {
                log.report(.badValue, "a header's value stands on one line", at: .init(member.value))
            }
            check(member.value, .environment)
            headers.append(TargetPolicy.Header(name: name, value: Secretive(value)))
        }
        return headers
    }

    /// `tchar` of RFC 9110, section 5.6.2.
    private static func isHeaderByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private func observe(_ node: YAMLNode?, over base: ObserveMap) -> ObserveMap {
        var map = base
        guard let node else { return map }
        map.text = node["text"]?.text ?? map.text
        map.intent = node["intent"]?.text ?? map.intent
        map.confidence = node["confidence"]?.text ?? map.confidence
        map.score = node["score"]?.text ?? map.score
        map.scoreLabel = node["label"]?.text ?? map.scoreLabel
        map.documents = node["documents"]?.text ?? map.documents
        map.guardrail = node["guardrail"]?.text ?? map.guardrail
        map.usage = node["usage"]?.text ?? map.usage
        map.stages = node["stages"]?.text ?? map.stages
        map.tools = node["tools"]?.text ?? map.tools
        map.versions = node["versions"]?.text ?? map.versions
        map.session = node["session"]?.text ?? map.session
        for member in node["values"]?.members ?? [] {
            guard let name = member.key.text, let pointer = member.value.text else { continue }
            map.values.removeAll { $0.name == name }
            map.values.append(ObserveMap.NamedPointer(name: name, pointer: pointer))
        }
        return map
    }

    private func stream(_ node: YAMLNode?) -> Bool? {
        guard case .bool(let flag) = node?.scalar else { return nil }
        return flag
    }

    private func limits(_ node: YAMLNode) -> ReplayLimits {
        var limits = ReplayLimits()
        if let value = Self.integer(node["concurrency"]) { limits.concurrency = value }
        if let value = Self.measure(node["timeout"], .duration) { limits.timeoutSeconds = value }
        if let value = Self.measure(node["total_timeout"], .duration) { limits.totalTimeoutSeconds = value }
        if let value = Self.integer(node["retries"]) { limits.retries = value }
        limits.requestsPerSecond = Self.measure(node["rate"], .rate)
        if let value = Self.integer(node["repeats"]) { limits.repeats = value }
        if case .bool(let value) = node["cache"]?.scalar { limits.cache = value }
        if let value = Self.measure(node["cache_age"], .duration) { limits.cacheAgeSeconds = value }
        if let value = Self.measure(node["cache_size"], .size) { limits.cacheBytes = Int(min(value, 1e15)) }
        if let value = Self.measure(node["answer_size"], .size) { limits.answerBytes = Int(min(value, 1e15)) }
        checkPositive(node)
        if let total = node["total_timeout"], limits.totalTimeoutSeconds < limits.timeoutSeconds {
            log.report(
                .badValue, "the total time is shorter than one attempt's", at: .init(total),
                related: node["timeout"].map { ("one attempt may take this long", .init($0)) })
        } else if node["total_timeout"] == nil {
            limits.totalTimeoutSeconds = max(limits.totalTimeoutSeconds, limits.timeoutSeconds)
        }
        return limits
    }

    private func checkPositive(_ node: YAMLNode) {
        let kinds: [(String, MeasureForm)] = [
            ("timeout", .duration), ("total_timeout", .duration), ("rate", .rate), ("answer_size", .size),
            ("cache_age", .duration), ("cache_size", .size),
        ]
        for (name, kind) in kinds {
            guard let value = node[name], Self.measure(value, kind) == 0 else { continue }
            log.report(.badValue, "'app.limits.\(name)' lies above 0", at: .init(value))
        }
    }

    static func prices(_ node: YAMLNode?) -> ReleasePolicy.Prices? {
        guard let node, let input = measure(node["input"], .price),
            let output = measure(node["output"], .price)
        else { return nil }
        return ReleasePolicy.Prices(
            currency: node["currency"]?.text ?? "USD", inputPerMillion: input,
            cachedInputPerMillion: measure(node["cached_input"], .price), outputPerMillion: output)
    }

    static func integer(_ node: YAMLNode?) -> Int? {
        guard case .integer(let value) = node?.scalar else { return nil }
        return Int(exactly: value)
    }

    static func measure(_ node: YAMLNode?, _ form: MeasureForm) -> Double? {
        node?.scalar.flatMap { form.value(of: $0) }
    }

    // MARK: templates

    /// What may stand between `${` and `}`.
    private enum Placeholders {
        /// Columns and facts of the question, as requests and addresses have them.
        case question
        /// `env:NAME`, as headers have it.
        case environment

        /// What is wrong with one placeholder, whole with its braces.
        func problem(_ whole: String) -> (cause: String, mend: String)? {
            switch self {
            case .question:
                do throws(TemplateText.Problem) { _ = try TemplateText(whole) } catch {
                    return (Printable.text(error.cause), error.mend)
                }
                return nil
            case .environment:
                let isClosed = whole.hasSuffix("}")
                let name = whole.dropFirst("${env:".count).dropLast()
                if isClosed, whole.hasPrefix("${env:"), Self.isVariable(name.utf8) { return nil }
                return isClosed
                    ? ("unknown placeholder", "write '${env:NAME}'")
                    : ("the placeholder is never closed", "end it with '}'")
            }
        }

        private static func isVariable(_ name: Substring.UTF8View) -> Bool {
            guard let first = name.first, first == 0x5F || isLetter(first) else { return false }
            return name.allSatisfy { $0 == 0x5F || isLetter($0) || (0x30...0x39).contains($0) }
        }

        private static func isLetter(_ byte: UInt8) -> Bool {
            (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
    }

    /// A template as JSON, after its placeholders were checked.
    private func template(_ node: YAMLNode?) -> JSONValue? {
        guard let node, node.members != nil else { return nil }
        checkTemplate(node)
        return node.json
    }

    private func checkTemplate(_ node: YAMLNode) {
        for member in node.members ?? [] { checkTemplate(member.value) }
        for element in node.elements ?? [] { checkTemplate(element) }
        if node.text != nil { check(node, .question) }
    }

    /// Checks every `${…}` of a text at its own place; `$${` stands for `${`.
    private func check(_ node: YAMLNode, _ allowed: Placeholders) {
        guard let text = node.text, text.contains("${") else { return }
        let marks = log.lines.places(of: node)
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index + 1 < scalars.count {
            guard scalars[index] == "$", scalars[index + 1] == "{" else {
                let isEscape = scalars[index] == "$" && scalars[index + 1] == "$"
                index += isEscape && index + 2 < scalars.count && scalars[index + 2] == "{" ? 3 : 1
                continue
            }
            let close = scalars[index...].firstIndex(of: "}").map { $0 + 1 } ?? scalars.count
            var whole = String.UnicodeScalarView()
            whole.append(contentsOf: scalars[index..<close])
            if let problem = allowed.problem(String(whole)) {
                let span = ProblemLog.Span(marks[index], until: marks[close])
                log.report(.badValue, problem.cause, at: span, mend: problem.mend)
            }
            index = close
        }
    }
}
