import Domain
import Interchange
import Notation
import Rollout

@testable import Traffic

/// A routing plan: what is taken is written down as JSON, and read there as the same plan.
enum RoutingPlans: FuzzedReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        let (plan, diagnostics) = RoutingPlanReader.read(Array(bytes), path: "plan.yaml")
        guard let plan else {
            precondition(!diagnostics.isEmpty, "refused without a word")
            return
        }
        let written = plan.json.bytes()
        let (again, problems) = RoutingPlanReader.read(written, path: "plan.json")
        guard let again else { preconditionFailure("its own words are refused: \(problems)") }
        precondition(again == plan, "read back as another plan")
        precondition(again.json.bytes() == written, "written differently the second time")
    }
}

/// A spool's segment: as it stands; as the payload of a sound frame; and as damage between two sound frames, which must
/// both be found.
enum SpoolSegments: FuzzedReader {
    private static let exchange: [UInt8] = {
        var writer = RecordWriter()
        let raw = RawExchange(
            id: "a", traceparent: "", number: 1, began: 1, assigned: .production, method: "GET", path: [47])
        SpoolFormat.frame(.exchange, into: &writer) { raw.encode(to: &$0) }
        return writer.bytes
    }()

    static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        scan(Array(bytes))
        record(Array(bytes))
        damage(Array(bytes))
    }

    private static func scan(_ bytes: [UInt8]) {
        let end = SpoolScan.end(of: bytes)
        precondition(0...bytes.count ~= end, "an end beyond the segment")
        bytes.withUnsafeBufferPointer { buffer in
            guard let header = SpoolFormat.header(of: buffer) else { return }
            var place = header.end
            SpoolScan.frames(
                buffer, behind: header,
                each: { _, payload in
                    precondition(payload.lowerBound == place + SpoolFormat.frameHead, "a gap")
                    place = payload.upperBound
                },
                damaged: { stretch, _ in
                    precondition(stretch.lowerBound == place && !stretch.isEmpty, "a gap")
                    place = stretch.upperBound
                })
            precondition(place == buffer.count, "not all of it was looked at")
        }
    }

    private static func record(_ bytes: [UInt8]) {
        guard let raw = try? RawExchange(from: bytes[...]) else { return }
        var writer = RecordWriter()
        raw.encode(to: &writer)
        guard let again = try? RawExchange(from: writer.bytes[...]) else {
            preconditionFailure("its own words are refused")
        }
        var second = RecordWriter()
        again.encode(to: &second)
        precondition(second.bytes == writer.bytes, "read back as another exchange")
        let line = ExchangeCodec.encode(raw.exchange(gateway: "g"))
        precondition(!line.dropLast().contains(10), "a line of two")
        _ = try? ExchangeCodec.decode(line)
    }

    private static func damage(_ bytes: [UInt8]) {
        let seed: UInt64 = 0x9E37_79B9_7F4A_7C15
        var sound = exchange
        SpoolFormat.seal(&sound, seed: seed)
        let segment = SpoolFormat.header(gateway: "g", began: 1, seed: seed) + sound + bytes + sound
        segment.withUnsafeBufferPointer { buffer in
            guard let header = SpoolFormat.header(of: buffer) else {
                preconditionFailure("its own header is refused")
            }
            var found: [Range<Int>] = []
            SpoolScan.frames(
                buffer, behind: header, each: { _, payload in found.append(payload) }, damaged: { _, _ in })
            precondition(found.count >= 2 && found.last?.upperBound == buffer.count, "a sound frame is lost")
        }
    }
}
