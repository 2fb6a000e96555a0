import Domain
import Notation

/// An exchange as the spool holds it: heads in wire form and bodies as bytes, so that writing costs copying alone.
struct RawExchange {
    struct Body {
        var bytes: [UInt8]
        var length: Int
        var isTruncated = false
        var contentType: String?
        var encoding: String?
        var omission: LiveBody.Omission?
    }

    struct ArmPart {
        var arm: LiveArm
        var status: Int?
        var headers: [UInt8] = []
        var body: Body?
        var timings = LiveTimings()
        var usage: Usage?
        var model: String?
        var isStream = false
        /// A JSON array of names and values; empty for none.
        var fields: [UInt8] = []
        var failure: LiveFailure?
    }

    var id: String
    var traceparent: String
    var number: Int
    var began: Int
    var plan: Int?
    var stage: String?
    var assigned: LiveArm
    var served: LiveArm?
    var fellBack = false
    var isRepeat = false
    var reason = Exchange.Reason.share
    var key: UInt64?
    var slices: [LiveField] = []
    var method: String
    var path: [UInt8]
    var query: [UInt8]?
    var headers: [UInt8] = []
    var body: Body?
    var answers: [ArmPart] = []
}

// MARK: - Written form

extension RawExchange {
    /// The form's number; a reader refuses others.
    private static let version: UInt8 = 1

    func encode(to out: inout RecordWriter) {
        out.byte(Self.version)
        out.text(id)
        out.text(traceparent)
        out.count(number)
        out.count(began)
        var flags: UInt8 = 0
        if fellBack { flags |= 1 }
        if isRepeat { flags |= 2 }
        if key != nil { flags |= 4 }
        if plan != nil { flags |= 8 }
        if body != nil { flags |= 16 }
        out.byte(flags)
        out.byte(Self.number(assigned))
        out.byte(served.map(Self.number) ?? 0)
        out.byte(Self.number(reason))
        if let key { out.word(key) }
        if let plan { out.count(plan) }
        out.optional(stage)
        out.count(slices.count)
        for slice in slices {
            out.text(slice.name)
            out.text(slice.value)
        }
        out.text(method)
        out.run(path)
        out.optional(query)
        out.run(headers)
        if let body { Self.encode(body, to: &out) }
        out.count(answers.count)
        for answer in answers { Self.encode(answer, to: &out) }
    }

    private static func encode(_ body: Body, to out: inout RecordWriter) {
        out.count(body.length)
        out.byte(body.isTruncated ? 1 : 0)
        out.optional(body.contentType)
        out.optional(body.encoding)
        out.byte(number(body.omission))
        out.run(body.bytes)
    }

    private static func encode(_ part: ArmPart, to out: inout RecordWriter) {
        out.byte(number(part.arm))
        out.count(part.status ?? 0)
        out.run(part.headers)
        let timings = part.timings
        let times = [
            timings.connectMilliseconds, timings.firstByteMilliseconds, timings.firstTokenMilliseconds,
            timings.lastByteMilliseconds, part.usage?.cost,
        ]
        var flags: UInt8 = 0
        for (bit, time) in times.enumerated() where time != nil { flags |= 1 << UInt8(bit) }
        if timings.isReused { flags |= 32 }
        if part.isStream { flags |= 64 }
        if part.body != nil { flags |= 128 }
        out.byte(flags)
        for time in times { if let time { out.double(time) } }
        out.count(timings.attempts)
        // Nil and a count, both.
        out.count((part.usage?.inputTokens ?? -1) + 1)
        out.count((part.usage?.cachedInputTokens ?? -1) + 1)
        out.count((part.usage?.outputTokens ?? -1) + 1)
        out.byte(part.usage == nil ? 0 : 1)
        out.optional(part.model)
        out.run(part.fields)
        out.optional(part.failure?.kind.rawValue)
        out.optional(part.failure?.detail)
        if let body = part.body { encode(body, to: &out) }
    }

    init(from bytes: ArraySlice<UInt8>) throws(RecordReader.Malformed) {
        var from = RecordReader(bytes)
        guard try from.byte() == Self.version else { throw RecordReader.Malformed() }
        id = try from.text()
        traceparent = try from.text()
        number = try from.count()
        began = try from.count()
        let flags = try from.byte()
        fellBack = flags & 1 != 0
        isRepeat = flags & 2 != 0
        guard let arm = Self.arm(try from.byte()) else { throw RecordReader.Malformed() }
        assigned = arm
        served = Self.arm(try from.byte())
        reason = Self.reason(try from.byte())
        key = flags & 4 != 0 ? try from.word() : nil
        plan = flags & 8 != 0 ? try from.count() : nil
        stage = try from.optionalText()
        let count = try from.count()
        guard 0...10_000 ~= count else { throw RecordReader.Malformed() }
        for _ in 0..<count { slices.append(LiveField(try from.text(), try from.text())) }
        method = try from.text()
        path = try from.run()
        query = try from.optionalRun()
        headers = try from.run()
        if flags & 16 != 0 { body = try Self.body(&from) }
        let parts = try from.count()
        guard 0...16 ~= parts else { throw RecordReader.Malformed() }
        for _ in 0..<parts { answers.append(try Self.part(&from)) }
        guard from.isAtEnd else { throw RecordReader.Malformed() }
    }

    private static func body(_ from: inout RecordReader) throws(RecordReader.Malformed) -> Body {
        let length = try from.count()
        let isTruncated = try from.byte() == 1
        let type = try from.optionalText()
        let encoding = try from.optionalText()
        let omission = try from.byte()
        return Body(
            bytes: try from.run(), length: length, isTruncated: isTruncated, contentType: type,
            encoding: encoding,
            omission: self.omission(omission))
    }

    private static func part(_ from: inout RecordReader) throws(RecordReader.Malformed) -> ArmPart {
        guard let arm = arm(try from.byte()) else { throw RecordReader.Malformed() }
        var part = ArmPart(arm: arm)
        let status = try from.count()
        part.status = status == 0 ? nil : status
        part.headers = try from.run()
        let flags = try from.byte()
        var times: [Double?] = []
        for bit in 0..<5 { times.append(flags & 1 << UInt8(bit) != 0 ? try from.double() : nil) }
        part.timings = LiveTimings(
            connectMilliseconds: times[0], firstByteMilliseconds: times[1], firstTokenMilliseconds: times[2],
            lastByteMilliseconds: times[3], isReused: flags & 32 != 0, attempts: try from.count())
        part.isStream = flags & 64 != 0
        var usage = Usage(cost: times[4])
        usage.inputTokens = try optionalCount(&from)
        usage.cachedInputTokens = try optionalCount(&from)
        usage.outputTokens = try optionalCount(&from)
        part.usage = try from.byte() == 1 ? usage : nil
        part.model = try from.optionalText()
        part.fields = try from.run()
        let kind = try from.optionalText()
        let detail = try from.optionalText()
        if let kind { part.failure = LiveFailure(LiveFailure.Kind(rawValue: kind) ?? .malformed, detail) }
        if flags & 128 != 0 { part.body = try body(&from) }
        return part
    }

    private static func optionalCount(_ from: inout RecordReader) throws(RecordReader.Malformed) -> Int? {
        let count = try from.count()
        return count == 0 ? nil : count - 1
    }

    private static func number(_ arm: LiveArm) -> UInt8 {
        switch arm {
        case .production: 1
        case .candidate: 2
        case .control: 3
        }
    }

    private static func arm(_ number: UInt8) -> LiveArm? {
        switch number {
        case 1: .production
        case 2: .candidate
        case 3: .control
        default: nil
        }
    }

    private static func number(_ reason: Exchange.Reason) -> UInt8 {
        switch reason {
        case .share: 0
        case .failure: 1
        case .event: 2
        }
    }

    private static func reason(_ number: UInt8) -> Exchange.Reason {
        switch number {
        case 1: .failure
        case 2: .event
        default: .share
        }
    }

    private static func number(_ omission: LiveBody.Omission?) -> UInt8 {
        guard let omission else { return 0 }
        return UInt8(truncatingIfNeeded: (LiveBody.Omission.allCases.firstIndex(of: omission) ?? 0) + 1)
    }

    private static func omission(_ number: UInt8) -> LiveBody.Omission? {
        let all = LiveBody.Omission.allCases
        return number >= 1 && Int(number) <= all.count ? all[Int(number) - 1] : nil
    }
}

// MARK: - As exchanges

extension RawExchange {
    /// The exchange, with its heads taken apart.
    func exchange(gateway: String) -> Exchange {
        var exchange = Exchange(
            id: id, gateway: gateway, number: number, began: began, assigned: assigned, method: method,
            path: String(decoding: path, as: UTF8.self),
            query: query.map { String(decoding: $0, as: UTF8.self) },
            headers: Self.fields(headers), body: body.map(Self.live))
        exchange.traceparent = traceparent
        exchange.plan = plan
        exchange.stage = stage
        exchange.served = served
        exchange.fellBack = fellBack
        exchange.key = key
        exchange.slices = slices
        exchange.isRepeat = isRepeat
        exchange.reason = reason
        for part in answers {
            var answer = ArmAnswer(
                status: part.status, headers: Self.fields(part.headers), body: part.body.map(Self.live),
                timings: part.timings, usage: part.usage, model: part.model, isStream: part.isStream,
                failure: part.failure)
            if !part.fields.isEmpty, let list = try? JSONValue.parse(part.fields) {
                for pair in list.arrayValue ?? [] {
                    if let name = pair[0]?.stringValue, let value = pair[1] {
                        answer.fields.append(LiveValue(name, value))
                    }
                }
            }
            exchange[part.arm] = answer
        }
        return exchange
    }

    private static func live(_ body: Body) -> LiveBody {
        LiveBody(
            bytes: body.bytes, length: body.length, isTruncated: body.isTruncated,
            contentType: body.contentType,
            encoding: body.encoding, omission: body.omission)
    }

    private static func fields(_ wire: [UInt8]) -> [LiveField] {
        var fields: [LiveField] = []
        var start = 0
        while start < wire.count, let end = wire[start...].firstIndex(of: 10) {
            let line = wire[start..<(end > start && wire[end - 1] == 13 ? end - 1 : end)]
            if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let value = line[(colon + 1)...].drop { $0 == 0x20 }
                fields.append(
                    LiveField(
                        String(decoding: line[..<colon], as: UTF8.self),
                        String(decoding: value, as: UTF8.self)))
            }
            start = end + 1
        }
        return fields
    }
}
