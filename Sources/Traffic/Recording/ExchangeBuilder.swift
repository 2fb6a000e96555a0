import Domain
import HTTPServer
import Interchange
import Notation

/// Makes the record of an exchange: decides whether it is kept, redacts, and lays it out. On the recorder's thread.
struct ExchangeBuilder {
    private let rules: CaptureRules
    let redactor: Redactor
    private let refiner: AnswerRefiner
    private var clean = Redactor.CleanValues()
    private var kinds: ContentKinds
    private(set) var encoded = 0
    private(set) var unredactable = 0

    init(_ rules: CaptureRules) throws(RecorderProblem) {
        self.init(rules, try Redactor(rules), check: nil)
    }

    /// - Parameter redactor: That of the rules.
    init(_ rules: CaptureRules, _ redactor: Redactor, check: AnswerCheck?) {
        self.rules = rules
        self.redactor = redactor
        refiner = AnswerRefiner(rules, check: check)
        kinds = ContentKinds(redactor)
    }

    mutating func refine(_ answer: AnswerState, of exchange: RecordedExchange) -> RefinedAnswer {
        let head = answer.status == nil ? nil : kinds.head(answer.fields, redactor)
        return refiner.refine(answer, head, of: exchange.facts.head)
    }

    /// Why the exchange is kept; nil where it is not.
    func reason(_ exchange: RecordedExchange, _ answers: [RefinedAnswer]) -> Exchange.Reason? {
        if answers.contains(where: { $0.events.contains(.error) }) { return .failure }
        if exchange.fellBack || exchange.served == nil { return .failure }
        if answers.contains(where: { !$0.events.isEmpty }) { return .event }
        var share = rules.share
        let target = exchange.facts.head.target
        for own in rules.pathShares where target.hasPrefix(own.prefix) {
            share = own.share
            break
        }
        if share >= 10_000 { return .share }
        // The upper bits of a hash are as even as all of it: 10 000 parts of 2^64.
        let hash = exchange.facts.key ?? exchange.facts.identity.hash
        return Int(hash.multipliedFullWidth(by: 10_000).high) < share ? .share : nil
    }

    /// The record, redacted.
    mutating func record(
        _ exchange: RecordedExchange, _ answers: [RefinedAnswer], isRepeat: Bool, reason: Exchange.Reason
    ) -> RawExchange {
        let facts = exchange.facts
        let (path, query) = redactor.target(facts.head.target, knowing: &clean)
        var raw = RawExchange(
            id: facts.identity.id, traceparent: facts.identity.traceparent, number: exchange.number,
            began: exchange.began, plan: facts.stage.plan, stage: facts.stage.name, assigned: facts.assigned,
            served: exchange.served, fellBack: exchange.fellBack, isRepeat: isRepeat, reason: reason,
            key: facts.key, slices: exchange.slices, method: facts.head.method, path: path, query: query)
        raw.headers.reserveCapacity(512)
        redactor.append(facts.head.headers, to: &raw.headers, knowing: &clean)
        if exchange.requestBody.count > 0 { raw.body = requestBody(exchange) }
        for (state, refined) in zip(exchange.answers, answers) {
            raw.answers.append(part(state, refined))
        }
        return raw
    }

    private mutating func requestBody(_ exchange: RecordedExchange) -> RawExchange.Body {
        let captured = exchange.requestBody
        let head = kinds.head(exchange.facts.head.headers, redactor)
        var bytes = captured.head
        var isWhole = captured.isWhole
        var encoding: String?
        if let name = head.encoding {
            (bytes, isWhole, encoding) = Self.decoded(
                bytes, isWhole, name, limit: rules.bodyBytes + Redactor.edge)
        }
        return body(
            bytes, isWhole: isWhole, captured, form: head.kind.form, type: head.kind.type, encoding: encoding)
    }

    private static func decoded(
        _ bytes: [UInt8], _ isWhole: Bool, _ name: String, limit: Int
    ) -> ([UInt8], Bool, String?) {
        guard let coding = ContentDecoder.coding(name) else { return (bytes, isWhole, name) }
        var decoder = ContentDecoder(coding, limit: limit)
        bytes.withUnsafeBytes { decoder.feed($0) }
        if decoder.isBroken, decoder.bytes.isEmpty { return (bytes, isWhole, name) }
        return (decoder.bytes, isWhole && !decoder.isBroken && !decoder.isCut, nil)
    }

    private mutating func part(_ state: AnswerState, _ refined: RefinedAnswer) -> RawExchange.ArmPart {
        var part = RawExchange.ArmPart(arm: state.arm)
        part.status = state.status
        if state.fields.count > 0 {
            part.headers.reserveCapacity(512)
            redactor.append(state.fields, to: &part.headers, knowing: &clean)
        }
        part.timings = refined.timings
        part.usage = refined.usage
        part.model = refined.model
        part.isStream = refined.isStream
        part.failure = refined.failure
        guard state.body.count > 0 else { return part }
        if let text = refined.streamText {
            part.body = streamBody(text, state, refined)
        } else {
            part.body = body(
                refined.body, isWhole: refined.isWhole, state.body, form: refined.form,
                type: refined.contentType,
                encoding: refined.encoding)
        }
        part.fields = fields(refined, part.body)
        return part
    }

    /// A stream that was not put together: its events hold its text in pieces, in which nothing would be found. Where
    /// the text holds something, or may at its cut end, the text alone is kept.
    private mutating func streamBody(
        _ text: String, _ state: AnswerState, _ refined: RefinedAnswer
    ) -> RawExchange.Body {
        do throws(Redactor.Unredactable) {
            let found = try redactor.found(in: Array(text.utf8))
            guard found != nil || !refined.isWhole else {
                return body(
                    refined.body, isWhole: refined.isWhole, state.body, form: refined.form,
                    type: refined.contentType, encoding: nil)
            }
            return body(
                found ?? Array(text.utf8), isWhole: refined.isWhole, state.body,
                form: refined.form.isKept ? .text : .notKept,
                type: "text/plain", encoding: nil)
        } catch {
            unredactable += 1
            return RawExchange.Body(
                bytes: [], length: state.body.count, isTruncated: true, contentType: refined.contentType,
                omission: .unredactable)
        }
    }

    private mutating func body(
        _ bytes: [UInt8], isWhole: Bool, _ captured: CapturedBytes, form: Redactor.Form, type: String?,
        encoding: String?
    ) -> RawExchange.Body {
        var body = RawExchange.Body(bytes: [], length: captured.count, contentType: type, encoding: encoding)
        func without(_ omission: LiveBody.Omission) -> RawExchange.Body {
            body.isTruncated = true
            body.omission = omission
            return body
        }
        if captured.isStarved { return without(.memory) }
        if rules.bodyBytes == 0 { return without(.rule) }
        guard form.isKept else { return without(.contentType) }
        if encoding != nil {
            encoded += 1
            return without(.encoded)
        }
        do throws(Redactor.Unredactable) {
            var clean = try redactor.body(bytes, as: form)
            // What begins at the end of a cut text may be part of what would have been found in the whole.
            if !isWhole { clean.removeLast(min(clean.count, Redactor.edge)) }
            body.isTruncated = !isWhole || clean.count > rules.bodyBytes
            if clean.count > rules.bodyBytes { clean.removeLast(clean.count - rules.bodyBytes) }
            if body.isTruncated { body.omission = .bound }
            body.bytes = clean
            return body
        } catch {
            unredactable += 1
            return without(.unredactable)
        }
    }

    /// What the rules ask for by place, from the body as it is kept.
    private func fields(_ refined: RefinedAnswer, _ body: RawExchange.Body?) -> [UInt8] {
        guard !rules.fields.isEmpty, refined.value != nil, let body, !body.isTruncated,
            let value = try? JSONValue.parse(body.bytes)
        else { return [] }
        var writer = JSONWriter()
        writer.beginArray()
        var hasAny = false
        for part in rules.fields {
            guard let found = part.pointer.value(in: value) else { continue }
            hasAny = true
            writer.beginArray()
            writer.string(part.name)
            writer.value(found)
            writer.endArray()
        }
        writer.endArray()
        return hasAny ? writer.bytes : []
    }

    /// Feedback without what may not be kept in its free fields; where that cannot be done, without them.
    func redacted(_ said: Feedback) -> Feedback {
        guard !said.fields.isEmpty else { return said }
        var said = said
        do throws(Redactor.Unredactable) {
            let clean = try redactor.json(JSONValue.object(said.fields).bytes())
            said.fields = (try? JSONValue.parse(clean))?.objectValue ?? JSONObject()
        } catch { said.fields = JSONObject() }
        return said
    }
}
