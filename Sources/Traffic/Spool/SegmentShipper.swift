import Domain
import Glibc
import Interchange
import Notation

/// Carries closed segments to the evidence store, as packed lines of JSON that any tool reads, and removes them.
///
/// A segment is removed when the store has it: killed in between, it is shipped again under the same name. A segment's
/// lines go to the "run" `traffic-GATEWAY-DAY`, as `SEGMENT.jsonl.zst`: exchanges and feedback in the order they came.
public struct SegmentShipper: Sendable {
    private let folder: String
    private let store: any EvidenceStore

    /// What one passage did.
    public struct Shipment: Sendable, Hashable {
        public var segments = 0
        public var exchanges = 0
        public var feedback = 0
        /// What could not be read in the segments, in words; the segments are kept beside as `.damaged`.
        public var problems: [String] = []

        public init() {}
    }

    /// - Parameters:
    ///   - folder: The spool's.
    ///   - store: Where evidence is kept.
    public init(folder: String, to store: any EvidenceStore) {
        self.folder = folder
        self.store = store
    }

    /// Ships every segment that is closed. Blocks; not for a loop.
    ///
    /// - Throws: `StoreError` of the store: what was not shipped stays, to be shipped again.
    public func ship() throws(StoreError) -> Shipment {
        var shipment = Shipment()
        for name in SpoolFiles.list(folder) where name.hasSuffix(".seg") { try ship(name, &shipment) }
        return shipment
    }

    private func ship(_ name: String, _ shipment: inout Shipment) throws(StoreError) {
        let path = folder + "/" + name
        guard let bytes = SpoolFiles.read(path) else {
            throw StoreError(.unavailable, "\(path) cannot be read: \(SpoolFiles.words(errno))")
        }
        let packer = PackedLines.Packer(level: 3)
        var isPacked = true
        var problems: [String] = []
        var run = "traffic"
        bytes.withUnsafeBufferPointer { buffer in
            guard let header = SpoolFormat.header(of: buffer) else {
                problems.append("\(name): torn within its head")
                return
            }
            run = "traffic-\(header.gateway)-" + String(TimeText.text(header.began / 1_000_000).prefix(10))
            SpoolScan.frames(
                buffer, behind: header,
                each: { kind, payload in
                    switch kind {
                    case .exchange:
                        guard let raw = try? RawExchange(from: bytes[payload]) else {
                            return problems.append(
                                "\(name): byte \(payload.lowerBound): a form that is not known")
                        }
                        isPacked =
                            packer.feed(ExchangeCodec.encode(raw.exchange(gateway: header.gateway)))
                            && isPacked
                        shipment.exchanges += 1
                    case .feedback:
                        isPacked = packer.feed(Array(bytes[payload])) && isPacked
                        shipment.feedback += 1
                    }
                },
                damaged: { stretch, _ in
                    problems.append(
                        "\(name): byte \(stretch.lowerBound): \(stretch.count) bytes are no record")
                })
        }
        guard packer.finish(), isPacked else { throw StoreError(.unavailable, "\(path) cannot be packed") }
        if problems.isEmpty || shipment.exchanges + shipment.feedback > 0 {
            let packed = String(name.dropLast(4)) + ".jsonl.zst"
            // Where a process died between the two, the store has it already.
            if try store.get(run: run, name: packed) != packer.bytes {
                try store.put(run: run, name: packed, bytes: packer.bytes)
            }
        }
        shipment.segments += 1
        shipment.problems += problems
        if problems.isEmpty {
            unlink(path)
        } else {
            rename(path, String(path.dropLast(4)) + ".damaged")
        }
        SpoolFiles.syncFolder(folder)
    }
}
