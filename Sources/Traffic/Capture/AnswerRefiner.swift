import Domain
import HTTPServer
import Interchange
import Notation

/// Learns from what passed: usage, first token, events; undoes codings, and puts streams of known APIs together.
struct AnswerRefiner: Sendable {
    private let rules: CaptureRules
    private let looksInside: Bool
    private let check: AnswerCheck?
    /// Where what is decoded of a body ends: for its numbers more is looked at than is kept.
    private static let decodedBytes = 1 << 20

    init(_ rules: CaptureRules, check: AnswerCheck? = nil) {
        self.rules = rules
        self.check = check
        looksInside = !rules.fields.isEmpty || rules.guardrail != nil
    }

    /// - Parameter head: What the answer's head says of its body; nil where no head came.
    func refine(_ state: AnswerState, _ head: BodyHead?, of request: HTTPRequestHead) -> RefinedAnswer {
        var answer = RefinedAnswer()
        answer.failure = state.failure
        takeTimings(state, &answer)
        if let status = state.status, let head {
            answer.contentType = head.kind.type
            answer.form = head.kind.form
            if answer.failure == nil, status >= 400,
                let kind = LiveFailure.kind(ofStatus: status, asksToWait: head.asksToWait)
            {
                answer.failure = LiveFailure(kind, "status \(status)")
            }
            if state.body.count > 0 {
                takeBody(state, head.encoding, &answer)
                if answer.encoding == nil { readBody(state, head.kind.shape, &answer) }
            }
        }
        takeEvents(state, request.method, &answer)
        takeValidity(state, request, &answer)
        return answer
    }

    private func takeTimings(_ state: AnswerState, _ answer: inout RefinedAnswer) {
        func milliseconds(_ time: UInt64) -> Double { Double(time) / 1e6 }
        var timings = LiveTimings()
        if let told = state.timings {
            timings.connectMilliseconds = milliseconds(told.connected)
            timings.firstByteMilliseconds = told.firstByte.map(milliseconds)
            timings.lastByteMilliseconds = told.lastByte.map(milliseconds)
            timings.isReused = told.isReused
            timings.attempts = told.attempts
        }
        if timings.firstByteMilliseconds == nil {
            timings.firstByteMilliseconds = state.headTime.map(milliseconds)
        }
        if timings.lastByteMilliseconds == nil, state.failure == nil {
            timings.lastByteMilliseconds = milliseconds(state.ended)
        }
        answer.timings = timings
    }

    // MARK: - Bodies

    /// Undoes the coding.
    private func takeBody(_ state: AnswerState, _ encoding: String?, _ answer: inout RefinedAnswer) {
        answer.body = state.body.head
        answer.isWhole = state.body.isWhole
        guard let encoding else { return }
        guard let coding = ContentDecoder.coding(encoding) else {
            answer.encoding = encoding
            return
        }
        var decoder = ContentDecoder(coding, limit: Self.decodedBytes)
        state.body.head.withUnsafeBytes { decoder.feed($0) }
        if decoder.isBroken, decoder.bytes.isEmpty {
            answer.encoding = encoding
            return
        }
        answer.body = decoder.bytes
        answer.wasDecoded = true
        if decoder.isBroken || decoder.isCut { answer.isWhole = false }
    }

    private func readBody(_ state: AnswerState, _ shape: ContentKind.Shape, _ answer: inout RefinedAnswer) {
        switch shape {
        case .events:
            answer.isStream = true
            readEvents(state, &answer)
        case .lines:
            answer.isStream = true
            readLines(state, &answer)
        case .json: readJSON(state, &answer)
        case .other: break
        }
    }

    private func readJSON(_ state: AnswerState, _ answer: inout RefinedAnswer) {
        let first = answer.body.first { $0 > 0x20 }
        if first == nil || !Self.beginsJSON(first ?? 0) || (answer.isWhole && !Self.endsJSON(answer.body)) {
            // A body that was cut on its way says nothing of the app's form.
            if answer.failure == nil { answer.events.insert(.validation) }
            return
        }
        let mayCount =
            ByteSearch.contains(answer.body, "usage", pivot: 3)
            || ByteSearch.contains(answer.body, "eval_count", pivot: 4)
        guard mayCount || looksInside || !answer.isWhole else { return }
        guard answer.isWhole else {
            answer.usage = Self.usage(atEndOf: state.body.end)
            return
        }
        let parsed: JSONValue
        do throws(JSONError) { parsed = try JSONValue.parse(answer.body) } catch {
            if answer.failure == nil { answer.events.insert(.validation) }
            return
        }
        take(parsed, &answer)
    }

    private func take(_ body: JSONValue, _ answer: inout RefinedAnswer) {
        answer.value = body
        // Gemini streams without events as one array, whose last element counts.
        let value = body.arrayValue?.last.flatMap { $0["usageMetadata"] == nil ? nil : $0 } ?? body
        var read = Answer(latencyMilliseconds: 0)
        if ChatBody.read(value, into: &read) {
            answer.usage = read.usage
            if read.guardrail?.outcome == .block { answer.events.insert(.guardrailBlock) }
        } else if let usage = value["usage"] ?? value["usageMetadata"] {
            answer.usage = try? UsageReader.read(usage)
        } else if value["eval_count"] != nil {
            answer.usage = try? UsageReader.read(value)
        }
        answer.model = (value["model"] ?? value["modelVersion"])?.stringValue
        if let pointer = rules.guardrail, let said = pointer.value(in: value), Self.blocks(said) {
            answer.events.insert(.guardrailBlock)
        }
    }

    /// Whether a guardrail's word says that it blocked.
    private static func blocks(_ value: JSONValue) -> Bool {
        if let flag = value.boolValue { return flag }
        let word = value.stringValue ?? value["outcome"]?.stringValue ?? value["action"]?.stringValue
        guard let word = word?.lowercased() else { return value["blocked"]?.boolValue ?? false }
        return ["block", "blocked", "deny", "denied", "refuse", "refused", "reject", "rejected"].contains(
            word)
    }

    private static func beginsJSON(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x2D, 0x30...0x39, 0x5B, 0x66, 0x6E, 0x74, 0x7B: true
        default: false
        }
    }

    private static func endsJSON(_ bytes: [UInt8]) -> Bool {
        switch bytes.last(where: { $0 > 0x20 }) ?? 0 {
        case 0x22, 0x30...0x39, 0x5D, 0x65, 0x6C, 0x7D: true
        default: false
        }
    }

    /// The usage that stands at the end of JSON whose beginning is not there.
    static func usage(atEndOf bytes: [UInt8]) -> Usage? {
        for name in ["\"usage\"", "\"usageMetadata\""] as [StaticString] {
            guard let place = ByteSearch.last(name, in: bytes) else { continue }
            let rest = String(decoding: bytes[(place + name.utf8CodeUnitCount)...], as: UTF8.self)
            if let value = try? JSONFinder.first(in: rest), let usage = try? UsageReader.read(value) {
                return usage
            }
        }
        return nil
    }

    // MARK: - Streams

    /// Reads server-sent events with the times of their pieces.
    private func readEvents(_ state: AnswerState, _ answer: inout RefinedAnswer) {
        var reader = ServerSentEvents()
        var stream = ChatStream()
        var firstToken: Int?
        eachPiece(of: answer.body, state, wasDecoded: answer.wasDecoded) {
            piece, offset in
            reader.feed(piece) { event in
                if stream.take(event), firstToken == nil { firstToken = offset }
            }
        }
        answer.timings.firstTokenMilliseconds = firstToken.flatMap { time(of: $0, state) }
        if !state.body.isWhole { readTail(state.body.end, &answer) }
        if answer.failure == nil {
            // Its words are the app's: what they hold is not known.
            if stream.failure != nil {
                answer.failure = LiveFailure(.stream, "the stream says that it failed")
            } else if answer.isWhole, stream.isKnown, !stream.isFinished {
                answer.failure = LiveFailure(.stream, "the stream has no end of its own")
            }
        }
        guard stream.isKnown else {
            answer.streamText = stream.plainText
            return
        }
        let tailUsage = answer.usage
        let body = stream.body
        take(body, &answer)
        answer.usage = tailUsage ?? answer.usage
        guard answer.isWhole else {
            var read = Answer(latencyMilliseconds: 0)
            _ = ChatBody.read(body, into: &read)
            answer.streamText = read.text ?? ""
            return
        }
        answer.body = body.bytes()
        answer.form = answer.form.isKept ? .json : answer.form
        answer.contentType = "application/json"
    }

    /// The last events of a stream that is longer than the bound: they say what was used.
    private func readTail(_ bytes: [UInt8], _ answer: inout RefinedAnswer) {
        var reader = ServerSentEvents()
        var usage: Usage?
        reader.feed(bytes) { event in
            guard let value = try? JSONValue.parse(event.data) else { return }
            let said = value["usage"] ?? value["usageMetadata"] ?? value["response"]?["usage"]
            if let said, let read = try? UsageReader.read(said) { usage = read }
        }
        answer.usage = usage
    }

    /// Lines of JSON as Ollama streams them: each a message with the next piece, the last with the counts.
    private func readLines(_ state: AnswerState, _ answer: inout RefinedAnswer) {
        var firstToken: Int?
        var text = ""
        var last: JSONValue?
        var isDone = false
        var start = 0
        let body = answer.body
        while start < body.count {
            let end = body[start...].firstIndex(of: 0x0A) ?? body.count
            defer { start = end + 1 }
            guard let value = try? JSONValue.parse(Array(body[start..<end])) else { continue }
            last = value
            let piece = value["message"]?["content"]?.stringValue ?? value["response"]?.stringValue ?? ""
            let hasCalls = !(value["message"]?["tool_calls"]?.arrayValue?.isEmpty ?? true)
            if firstToken == nil, !piece.isEmpty || hasCalls { firstToken = end }
            text += piece
            if value["done"]?.boolValue == true { isDone = true }
            if value["error"]?.stringValue != nil, answer.failure == nil {
                answer.failure = LiveFailure(.stream, "the stream says that it failed")
            }
        }
        if !answer.wasDecoded {
            answer.timings.firstTokenMilliseconds = firstToken.flatMap { time(of: $0, state) }
        }
        guard isDone, answer.isWhole, case .object(var whole)? = last else {
            answer.streamText = text.isEmpty ? nil : text
            return
        }
        if case .object(var message)? = whole["message"] {
            message["content"] = .string(text)
            whole["message"] = .object(message)
        } else if whole["response"] != nil {
            whole["response"] = .string(text)
        }
        take(.object(whole), &answer)
        answer.body = JSONValue.object(whole).bytes()
        if answer.form.isKept { answer.form = .json }
        answer.contentType = "application/json"
    }

    /// Hands out the stretches of a body as they came. Of one that was decoded no times are known.
    private func eachPiece(
        of body: [UInt8], _ state: AnswerState, wasDecoded: Bool, _ feed: (ArraySlice<UInt8>, Int) -> Void
    ) {
        if wasDecoded { return feed(body[...], .max) }
        let pieces = state.pieces
        for (index, piece) in pieces.enumerated() where piece.offset < body.count {
            let end = index + 1 < pieces.count ? min(pieces[index + 1].offset, body.count) : body.count
            feed(body[piece.offset..<end], piece.offset)
        }
    }

    /// When the byte at that offset had come; nil where its time was not kept.
    private func time(of offset: Int, _ state: AnswerState) -> Double? {
        let pieces = state.pieces
        guard offset != .max, let place = pieces.lastIndex(where: { $0.offset <= offset }) else { return nil }
        // The last piece whose time is kept may have others behind it.
        return place == RecordedAnswer.mostPieces - 1 ? nil : Double(pieces[place].time) / 1e6
    }

    // MARK: - Events

    /// An answer that failed otherwise says nothing of its validity.
    private func takeValidity(
        _ state: AnswerState, _ request: HTTPRequestHead, _ answer: inout RefinedAnswer
    ) {
        if answer.events.contains(.validation) {
            answer.isValid = false
        } else if answer.failure == nil, state.failure == nil, state.status != nil {
            guard let check else {
                answer.isValid = true
                return
            }
            let path = request.target.prefix { $0 != "?" }
            answer.isValid = check.verdict(
                of: answer, status: state.status, method: request.method, path: path)
            if answer.isValid == false { answer.events.insert(.validation) }
        }
    }

    private func takeEvents(_ state: AnswerState, _ method: String, _ answer: inout RefinedAnswer) {
        if let failure = answer.failure {
            if failure.countsAgainstArm { answer.events.insert(.error) }
            if failure.kind == .throttled { answer.events.insert(.throttled) }
            if failure.kind == .validation { answer.events.insert(.validation) }
        }
        let timings = answer.timings
        if let limit = rules.slowMilliseconds, let last = timings.lastByteMilliseconds, last > limit {
            answer.events.insert(.slow)
        }
        let first = timings.firstTokenMilliseconds ?? (answer.isStream ? nil : timings.firstByteMilliseconds)
        if let limit = rules.slowFirstTokenMilliseconds, let first, first > limit {
            answer.events.insert(.slowFirstToken)
        }
        // What ran out of time was slow, whatever came of it.
        switch answer.failure?.kind {
        case .totalTimeout?, .pauseTimeout?: if rules.slowMilliseconds != nil { answer.events.insert(.slow) }
        case .firstByteTimeout?:
            if rules.slowMilliseconds != nil { answer.events.insert(.slow) }
            if rules.slowFirstTokenMilliseconds != nil { answer.events.insert(.slowFirstToken) }
        default: break
        }
        if state.status == 200, state.body.count == 0, answer.failure == nil, method != "HEAD",
            method != "OPTIONS"
        {
            answer.events.insert(.empty)
        }
    }
}

extension Redactor.Form {
    var isKept: Bool {
        if case .notKept = self { return false }
        return true
    }
}
