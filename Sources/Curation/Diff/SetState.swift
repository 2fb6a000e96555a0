import Digest
import Domain
import Interchange

/// One state of a data set as a diff wants it: what every example is called and says, as hashes, and how many there
/// are of each slice. 40 bytes an example.
public struct SetState: Sendable {
    struct Row: Sendable {
        let name: Name
        let content: DatasetReader.RowContent
        /// Of the row's bytes: equal ones have the same provenance.
        let fingerprint: UInt64
    }

    /// An id, as a hash of 128 bits.
    struct Name: Sendable, Hashable {
        let high: UInt64
        let low: UInt64

        init(_ id: String) {
            (high, low) = (XXHash.xxh3(id), XXHash.xxh3(id, seed: 0x9E37_79B9_7F4A_7C15))
        }
    }

    private(set) var rows: [Row] = []
    private(set) var counts = SliceCounts()
    let slices: SliceNames

    /// - Parameter slices: Those that the policy names; empty: every column, category, intent, tag and guardrail.
    public init(slices: [String] = []) { self.slices = SliceNames(slices) }

    public mutating func note(_ example: Example, _ extent: DatasetReader.RowExtent) {
        rows.append(
            Row(name: Name(example.id), content: extent.content, fingerprint: extent.fingerprint))
        slices.each(example) { counts.add($0, $1) }
    }
}

/// The slices that a diff breaks down by.
struct SliceNames: Sendable {
    private let named: [String]
    /// Own columns beyond this number are not looked at: a hostile file may name a new one in every row.
    private static let most = 200

    init(_ named: [String]) { self.named = named }

    func each(_ example: Example, _ body: (String, String) -> Void) {
        guard named.isEmpty else {
            for name in named {
                if name == "tags" {
                    for tag in Set(example.tags) { body(name, tag) }
                } else if let value = example.sliceValue(name) {
                    body(name, value)
                }
            }
            return
        }
        if let category = example.category { body("category", category) }
        if let intent = example.expectedIntent { body("intent", intent) }
        if let guardrail = example.expectedGuardrail { body("guardrail", guardrail.rawValue) }
        for tag in Set(example.tags) { body("tags", tag) }
        if !example.columns.contains(where: { $0.name == "turn_count" }) {
            body("turn_count", example.sliceValue("turn_count") ?? "1")
        }
        for column in example.columns.prefix(SliceNames.most) where column.value.utf8.count <= 100 {
            body(column.name, column.value)
        }
    }
}
