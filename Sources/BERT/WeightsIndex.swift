import Notation

/// The table at the head of a `model.safetensors`: where each tensor lies, of which type and shape.
///
/// The format: eight bytes with the length of a JSON object, little-endian, then that object, then the data
/// (github.com/huggingface/safetensors).
public struct WeightsIndex: Sendable {
    public enum Number: String, Sendable, Hashable, CaseIterable {
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"

        public var bytes: Int { self == .float32 ? 4 : 2 }
    }

    /// A tensor's place in the file.
    public struct Tensor: Sendable, Hashable {
        public let number: Number
        /// From the beginning of the file, in bytes.
        public let offset: Int
        /// Numbers, not bytes.
        public let count: Int
    }

    private struct Entry: Sendable {
        let type: String
        let shape: [Int]
        let range: Range<Int>
    }

    private let entries: [String: Entry]

    static let file = "model.safetensors"
    private static let again = "the file is cut off or damaged: copy it anew"
    private static let damaged = "the file is damaged, or two files in one: copy it anew"

    /// - Parameter bytes: The whole file, whose head is read.
    /// - Throws: where the head is damaged, or a tensor lies beyond the end of the file.
    public init(_ bytes: UnsafeRawBufferPointer) throws(ModelProblem) {
        let file = Self.file
        guard bytes.count >= 8 else {
            throw ModelProblem(file, "has \(bytes.count) bytes, too few for a head", mend: Self.again)
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= 100 << 20, Int(length) <= bytes.count - 8 else {
            throw ModelProblem(
                file, "its head says to be \(length) bytes long, the file has \(bytes.count)",
                mend: Self.again)
        }
        let head = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)])
        let json = try ModelJSON(
            head.bindMemory(to: UInt8.self), file: file, limits: JSONLimits(bytes: 100 << 20),
            mend: Self.again)
        let start = 8 + Int(length)
        var entries: [String: Entry] = [:]
        var end = start
        for member in json.object.members where member.key != "__metadata__" {
            let entry = try Self.entry(member.key, member.value, start, bytes.count)
            end = max(end, entry.range.upperBound)
            entries[member.key] = entry
        }
        guard end == bytes.count else {
            throw ModelProblem(
                file, "has \(bytes.count) bytes, and its last tensor ends at byte \(end)", mend: Self.damaged)
        }
        self.entries = entries
    }

    private static func entry(
        _ name: String, _ value: JSONValue, _ start: Int, _ size: Int
    ) throws(ModelProblem) -> Entry {
        let place = "\(file): \(name)"
        guard let type = value["dtype"]?.stringValue, let dimensions = value["shape"]?.arrayValue,
            let offsets = value["data_offsets"]?.arrayValue, offsets.count == 2,
            let first = offsets[0].intValue, let last = offsets[1].intValue
        else { throw ModelProblem(place, "its entry lacks dtype, shape or data_offsets", mend: again) }
        var shape: [Int] = []
        for dimension in dimensions {
            guard let number = dimension.intValue, number >= 0, number < 1 << 32 else {
                throw ModelProblem(place, "its shape is not made of whole numbers", mend: again)
            }
            shape.append(Int(number))
        }
        guard first >= 0, last >= first, Int(last) <= size - start else {
            throw ModelProblem(
                place, "its data should end \(last) bytes into the data, which are \(size - start) long",
                mend: again)
        }
        return Entry(type: type, shape: shape, range: start + Int(first)..<start + Int(last))
    }

    func has(_ name: String) -> Bool { entries[name] != nil }

    /// A tensor of the expected shape.
    /// - Throws: where it is missing, of another shape, or of another type of number.
    func tensor(_ name: String, _ shape: [Int]) throws(ModelProblem) -> Tensor {
        let place = "\(Self.file): \(name)"
        guard let entry = entries[name] else {
            throw ModelProblem(
                place, "the tensor is missing", mend: "take the weights and config.json from the same model")
        }
        guard entry.shape == shape else {
            throw ModelProblem(
                place, "has the shape \(entry.shape), and config.json asks for \(shape)",
                mend: "take the weights, config.json and vocab.txt from the same model")
        }
        guard let number = Number(rawValue: entry.type) else {
            throw ModelProblem(
                place, "holds numbers of type \(entry.type)",
                mend: "save the model with F32, F16 or BF16 weights")
        }
        let count = shape.reduce(1, *)
        guard entry.range.count == count * number.bytes else {
            throw ModelProblem(
                place, "has \(entry.range.count) bytes, and its shape needs \(count * number.bytes)",
                mend: Self.again)
        }
        return Tensor(number: number, offset: entry.range.lowerBound, count: count)
    }
}
