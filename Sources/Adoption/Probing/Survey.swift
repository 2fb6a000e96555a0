import Interchange
import Notation

/// What was found out about an app.
public struct AppFinding: Sendable {
    public let shape: AppShape
    /// One for each question that was asked in the end.
    public let answers: [ProbedAnswer]
    /// What a reader should know: an address that moved, a doubt.
    public let notes: [String]
    public let requests: Int
    /// Questions that the app's own document gives as examples.
    public let examples: [String]

    public init(
        shape: AppShape, answers: [ProbedAnswer], notes: [String], requests: Int, examples: [String] = []
    ) {
        self.shape = shape
        self.answers = answers
        self.notes = notes
        self.requests = requests
        self.examples = examples
    }
}

/// Finds out how an app behind an address wants to be asked.
///
/// First the shapes that its own OpenAPI document names, then those that the address tells, then those in common use; a
/// refusal that says what it wanted is followed. Only the address's own host is asked. A shape is taken where the answers
/// to different questions differ: an app may ignore what it does not know, and answer all the same.
public struct Survey: Sendable {
    public struct Options: Sendable {
        public var model: String?
        /// Most requests in all.
        public var budget = 24
        /// Questions to ask; at least two.
        public var samples: [SampleInput]

        public init(samples: [SampleInput], model: String? = nil) {
            self.samples = samples
            self.model = model
        }
    }

    private let prober: any Prober
    private let options: Options
    private let progress: @Sendable (String) -> Void

    public init(
        _ prober: any Prober, _ options: Options, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.prober = prober
        self.options = options
        self.progress = progress
    }

    /// - Throws: What keeps the app from being understood; nothing was found then.
    public func run(_ url: String) async throws(SurveyProblem) -> AppFinding {
        guard var place = WebPlace(url) else { throw .address(url) }
        var notes: [String] = []
        var requests = 0
        // An address may have moved, within its own host.
        for _ in 0..<4 {
            var search = Search(prober, options, progress, place, requests: requests)
            switch try await search.run() {
            case .found(let finding):
                return AppFinding(
                    shape: finding.shape, answers: finding.answers, notes: notes + finding.notes,
                    requests: finding.requests, examples: finding.examples)
            case .moved(let next):
                notes.append("\(place.text) sends on to \(next.text), which is written")
                place = next
                requests = search.requests
            }
        }
        throw SurveyProblem(
            .redirect, "\(url) sends from one address to the next without end", ["give the final address"])
    }
}

/// One passage over the shapes of an address.
private struct Search {
    enum End {
        case found(AppFinding)
        case moved(WebPlace)
    }

    /// What one shape brought.
    private enum Try {
        case answered(ProbedAnswer)
        case refused(Refusal, ProbeResponse)
        case moved(WebPlace)
    }

    private struct Refused {
        let refusal: Refusal
        let response: ProbeResponse
    }

    private let prober: any Prober
    private let options: Survey.Options
    private let progress: @Sendable (String) -> Void
    private let place: WebPlace
    private(set) var requests: Int

    private var queue: [AppShape] = []
    private var seen: Set<String> = []
    private var tried: [String] = []
    private var last: Refused?
    private var document: OpenAPIDocument?
    private var usesGet = false
    /// The first shape whose answers did not depend on the question, and those answers.
    private var doubtful: (shape: AppShape, answers: [ProbedAnswer], isEcho: Bool)?

    init(
        _ prober: any Prober, _ options: Survey.Options, _ progress: @escaping @Sendable (String) -> Void,
        _ place: WebPlace, requests: Int
    ) {
        self.prober = prober
        self.options = options
        self.progress = progress
        self.place = place
        self.requests = requests
    }

    mutating func run() async throws(SurveyProblem) -> End {
        document = try await readDocument()
        let model = try await model()
        fill(model)
        while !queue.isEmpty, requests < options.budget {
            let shape = queue.removeFirst()
            guard seen.insert(shape.identity).inserted else { continue }
            tried.append(shape.words)
            switch try await ask(shape, options.samples[0]) {
            case .moved(let next): return .moved(next)
            case .answered(let answer):
                if let finding = try await confirm(shape, answer) { return .found(finding) }
            case .refused(let refusal, let response): try take(refusal, response, shape)
            }
        }
        if let doubtful {
            let note =
                doubtful.isEcho
                ? "the answers differ only in the question that they repeat: either the app echoes what it is sent, or "
                    + "the question is sent under the wrong name (\(doubtful.shape.words))"
                : "every question got the same answer: check that the question is sent under the right name "
                    + "(\(doubtful.shape.words))"
            return .found(finding(doubtful.shape, doubtful.answers, [note]))
        }
        guard let last else {
            throw SurveyProblem(.refused, "\(place.text) could not be asked", ["give another address"])
        }
        throw .refused(last.refusal, last.response, at: place, tried: tried, known: knownPaths)
    }

    // MARK: What to try

    /// The app's own description, where it gives one.
    private mutating func readDocument() async throws(SurveyProblem) -> OpenAPIDocument? {
        let url = place.with(path: "/openapi.json").text
        let response = try await send(ProbeRequest(method: "GET", url: url, key: key()))
        guard let response, response.status == 200, let body = try? JSONValue.parse(response.body) else {
            return nil
        }
        return OpenAPIDocument(body)
    }

    /// The model to ask for, where the address is of an API that wants one.
    private mutating func model() async throws(SurveyProblem) -> String? {
        if let model = options.model { return model }
        guard ShapeCatalogue.wantsModel(place) || (place.path.isEmpty || place.path == "/"),
            let url = ShapeCatalogue.modelList(place)
        else { return nil }
        if document?.operations.isEmpty == false, !ShapeCatalogue.wantsModel(place) { return nil }
        let response = try await send(ProbeRequest(method: "GET", url: url, key: key()))
        guard let response, response.status == 200, let body = try? JSONValue.parse(response.body) else {
            return nil
        }
        return body["data"]?[0]?["id"]?.stringValue ?? body["models"]?[0]?["name"]?.stringValue
    }

    private mutating func fill(_ model: String?) {
        let own = document?.operations(at: place.path) ?? []
        queue += own.map { $0.shape(at: place) }
        queue += ShapeCatalogue.known(place, model: model)
        let isBase = place.path.isEmpty || place.path == "/" || place.path == "/v1" || place.path == "/v1/"
        if isBase, let model {
            let base = place.with(path: "/v1").text
            queue.append(AppShape(.openAI(base: base, model: model, parameters: JSONObject())))
        }
        if isBase, place.query == nil {
            queue += (document?.operations ?? []).prefix(3).map { $0.shape(at: place) }
        }
        if let filled = ShapeCatalogue.filled(place) {
            queue.append(filled)
            usesGet = true
        }
        queue += ShapeCatalogue.bodies(place)
    }

    private var knownPaths: [String] { document?.operations.map { "\($0.method) \($0.path)" } ?? [] }

    // MARK: One request

    private mutating func key() -> String {
        requests += 1
        return "init-\(requests)"
    }

    /// The response; nil where an extra that is only nice to have could not be had.
    private func send(_ request: ProbeRequest) async throws(SurveyProblem) -> ProbeResponse? {
        do throws(ProbeFailure) { return try await prober.send(request) } catch {
            switch error.cause {
            case .tooLarge, .malformed, .closed, .timedOut: return nil
            default: throw .unreachable(place, error)
            }
        }
    }

    private mutating func ask(
        _ shape: AppShape, _ sample: SampleInput, again: Bool = false
    ) async throws(SurveyProblem) -> Try {
        guard let request = shape.request(sample, key: key()) else {
            throw SurveyProblem(
                .address, "no request can be formed for \(shape.url)",
                ["write ${input.query} where the question goes"])
        }
        progress("\(shape.words) (request \(requests))")
        let response: ProbeResponse
        do throws(ProbeFailure) { response = try await prober.send(request) } catch {
            throw .unreachable(place, error)
        }
        if (300..<400).contains(response.status) { return .moved(try moved(response)) }
        if response.status == 429, !again {
            let seconds = response.retryAfter ?? 1
            guard seconds <= 10 else { return read(response, sample) }
            progress("the app is asked too often; waiting \(Int(seconds.rounded(.up))) s")
            await prober.wait(seconds: seconds)
            return try await ask(shape, sample, again: true)
        }
        return read(response, sample)
    }

    private func read(_ response: ProbeResponse, _ sample: SampleInput) -> Try {
        switch ProbeReading(response, question: sample.query) {
        case .answer(let answer): .answered(answer)
        case .refusal(let refusal): .refused(refusal, response)
        }
    }

    private func moved(_ response: ProbeResponse) throws(SurveyProblem) -> WebPlace {
        guard let location = response.location, let next = place.resolving(location) else {
            throw SurveyProblem(
                .redirect, "\(place.text) answered \(response.status) without saying where to go",
                ["give the final address"])
        }
        guard next.origin == place.origin else {
            throw SurveyProblem(
                .redirect,
                "\(place.text) answered \(response.status) and sends to another host, \(ProbeReading.shown(next.origin))",
                ["where that is the app, give its address; no other host is asked, and no key is sent there"])
        }
        return next
    }

    // MARK: Refusals

    private mutating func take(
        _ refusal: Refusal, _ response: ProbeResponse, _ shape: AppShape
    ) throws(SurveyProblem) {
        // What says most of the app's wishes is kept: a refusal with words before one without.
        if last == nil || response.status < 500 || last?.response.status ?? 0 >= 500 {
            last = Refused(refusal: refusal, response: response)
        }
        switch response.status {
        case 401, 403, 415, 429:
            throw .refused(refusal, response, at: place, tried: tried, known: knownPaths)
        case 404, 410: try takeMissing(refusal, response, shape)
        case 405: try takeMethod(refusal, response, shape)
        default:
            if refusal.kind == .html, let document, !document.operations.isEmpty {
                queue.insert(contentsOf: document.operations.prefix(3).map { $0.shape(at: place) }, at: 0)
            }
            if refusal.kind == .lines, let template = shape.template {
                let quiet = AppShape.post(
                    shape.url, template.setting(["stream"], false), headers: shape.headers)
                queue.insert(quiet, at: 0)
            }
            if refusal.kind == .status || refusal.kind == .error { follow(RefusalHints(refusal), shape) }
            try checkModel(refusal, shape)
        }
    }

    /// Tries what a refusal says it wanted. Where that was tried, two members want the question: both get it.
    private mutating func follow(_ hints: RefusalHints, _ shape: AppShape) {
        guard !hints.isEmpty, let better = hints.applied(to: shape), depth(of: better) < 12 else { return }
        guard seen.contains(better.identity) else { return queue.insert(better, at: 0) }
        guard var both = shape.template?.objectValue, let other = better.template?.objectValue else { return }
        for member in other.members { both[member.key] = member.value }
        queue.insert(
            AppShape(
                .http(url: shape.url, method: shape.method, template: .object(both)), headers: shape.headers),
            at: 0)
    }

    /// Members of a template: a refusal that names ever new ones is not followed for ever.
    private func depth(of shape: AppShape) -> Int { shape.template?.objectValue?.count ?? 0 }

    private mutating func takeMissing(
        _ refusal: Refusal, _ response: ProbeResponse, _ shape: AppShape
    ) throws(SurveyProblem) {
        try checkModel(refusal, shape)
        // The path itself is wrong: another body would not help, another path may.
        queue.removeAll { $0.url == shape.url }
        let others = (document?.operations ?? []).prefix(3).map { $0.shape(at: place) }
        queue += others.filter { $0.url != shape.url }
        if queue.isEmpty { throw .refused(refusal, response, at: place, tried: tried, known: knownPaths) }
    }

    private mutating func takeMethod(
        _ refusal: Refusal, _ response: ProbeResponse, _ shape: AppShape
    ) throws(SurveyProblem) {
        let method = shape.method
        queue.removeAll { $0.url == shape.url && $0.method == method }
        let allowed = (response.allow ?? "GET").uppercased()
        if method == "POST", allowed.contains("GET"), !usesGet {
            usesGet = true
            queue.insert(contentsOf: ShapeCatalogue.parameters(place), at: 0)
        } else if method == "POST", allowed.contains("PUT") {
            let puts = ShapeCatalogue.bodies(place).map { shape in
                AppShape(.http(url: shape.url, method: "PUT", template: shape.template))
            }
            queue.insert(contentsOf: puts, at: 0)
        }
        if queue.isEmpty { try takeMissing(refusal, response, shape) }
    }

    private func checkModel(_ refusal: Refusal, _ shape: AppShape) throws(SurveyProblem) {
        let words = (refusal.words ?? "").lowercased()
        let isModel =
            words.contains("model")
            && (words.contains("not found") || words.contains("exist") || words.contains("required")
                || words.contains("missing") || words.contains("must provide"))
        guard isModel, ShapeCatalogue.wantsModel(place) || shape.template?["model"] != nil else { return }
        throw SurveyProblem(
            .model, "\(place.text) wants a model that it knows: '\(refusal.words ?? "")'",
            ["name it with --model NAME"])
    }

    // MARK: Answers

    /// Asks the other questions too; nil where the answers show that the question was not understood.
    private mutating func confirm(
        _ shape: AppShape, _ first: ProbedAnswer
    ) async throws(SurveyProblem) -> AppFinding? {
        var shape = shape
        shape.streamText = first.streamText
        var answers = [first]
        for sample in options.samples.dropFirst() {
            guard requests < options.budget, case .answered(let answer) = try await ask(shape, sample) else {
                continue
            }
            answers.append(answer)
            // Two alike tell as much as three, and an app is not asked more than needs be.
            if answers.count == 2, MappingFinder.isConstant(answers), doubtful != nil { return nil }
        }
        if answers.count > 1, MappingFinder.isConstant(answers) {
            let isEcho = !answers.dropFirst().allSatisfy {
                $0.body == answers[0].body && $0.plainText == answers[0].plainText
            }
            if doubtful == nil { doubtful = (shape, answers, isEcho) }
            return nil
        }
        return finding(shape, answers, [])
    }

    private func finding(_ shape: AppShape, _ answers: [ProbedAnswer], _ notes: [String]) -> AppFinding {
        let examples = document?.operations.flatMap(\.examples) ?? []
        return AppFinding(
            shape: shape, answers: answers, notes: notes, requests: requests, examples: examples)
    }
}
