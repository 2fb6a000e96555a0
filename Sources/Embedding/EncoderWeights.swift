import BERT
import CKernels
import Glibc

/// An encoder's weights as 32-bit floats in memory: mapped from the file where they lie there so, else converted, and
/// laid out for our own product of matrices where this processor has one.
///
/// `@unchecked`: nothing is written after `init`, and the folder's mapping lives as long as this.
final class EncoderWeights: @unchecked Sendable {
    typealias Numbers = UnsafePointer<Float>

    struct Norm {
        let scale: Numbers
        let shift: Numbers
    }

    /// Weights from `inputs` numbers to `outputs`.
    struct Matrix {
        let numbers: Numbers
        let outputs: Int
        let inputs: Int
        /// Whether they lie in panels, as `ckernels_multiply` reads them, or by rows.
        let isPacked: Bool
    }

    struct Layer {
        /// Query, key and value below each other, so that one product makes all three.
        let projection: Matrix
        let projectionBias: Numbers
        let attended: Matrix
        let attendedBias: Numbers
        let attendedNorm: Norm
        let inner: Matrix
        let innerBias: Numbers
        let outer: Matrix
        let outerBias: Numbers
        let outerNorm: Norm
    }

    let words: Numbers
    let positions: Numbers
    /// The row of the first segment: texts come alone.
    let segment: Numbers
    let norm: Norm
    let layers: [Layer]
    private let folder: ModelFolder
    private let owned: [UnsafeMutablePointer<Float>]

    /// - Parameter packs: Whether products are our own rather than OpenBLAS's.
    init(_ folder: ModelFolder, packs: Bool) {
        var loader = Loader(bytes: folder.weights, packs: packs)
        let width = folder.configuration.width
        let innerWidth = folder.configuration.innerWidth
        let layout = folder.layout
        words = loader.numbers(layout.words)
        positions = loader.numbers(layout.positions)
        segment = loader.numbers(layout.segments)
        norm = loader.norm(layout.norm)
        layers = layout.layers.map { layer in
            Layer(
                projection: loader.matrix(
                    [layer.query.weight, layer.key.weight, layer.value.weight], 3 * width, width),
                projectionBias: loader.joined([layer.query.bias, layer.key.bias, layer.value.bias]),
                attended: loader.matrix([layer.attended.weight], width, width),
                attendedBias: loader.numbers(layer.attended.bias),
                attendedNorm: loader.norm(layer.attendedNorm),
                inner: loader.matrix([layer.inner.weight], innerWidth, width),
                innerBias: loader.numbers(layer.inner.bias),
                outer: loader.matrix([layer.outer.weight], width, innerWidth),
                outerBias: loader.numbers(layer.outer.bias),
                outerNorm: loader.norm(layer.outerNorm))
        }
        owned = loader.owned
        self.folder = folder
    }

    deinit { for numbers in owned { numbers.deallocate() } }

    /// Tensors to floats.
    private struct Loader {
        let bytes: UnsafeRawBufferPointer
        let packs: Bool
        private(set) var owned: [UnsafeMutablePointer<Float>] = []

        init(bytes: UnsafeRawBufferPointer, packs: Bool) {
            self.bytes = bytes
            self.packs = packs
        }

        /// The rows of some tensors below each other.
        mutating func matrix(_ tensors: [EncoderLayout.Tensor], _ outputs: Int, _ inputs: Int) -> Matrix {
            let kept = owned.count
            let rows = tensors.count == 1 ? numbers(tensors[0]) : joined(tensors)
            guard packs else {
                return Matrix(numbers: rows, outputs: outputs, inputs: inputs, isPacked: false)
            }
            let size = ckernels_packed(outputs, inputs)
            let panels = UnsafeMutablePointer<Float>.allocate(capacity: size)
            ckernels_pack(rows, panels, outputs, inputs)
            // What was made on the way is no longer needed.
            while owned.count > kept { owned.removeLast().deallocate() }
            owned.append(panels)
            return Matrix(numbers: panels, outputs: outputs, inputs: inputs, isPacked: true)
        }

        mutating func norm(_ norm: EncoderLayout.Norm) -> Norm {
            Norm(scale: numbers(norm.scale), shift: numbers(norm.shift))
        }

        mutating func numbers(_ tensor: EncoderLayout.Tensor) -> Numbers {
            let start = bytes.baseAddress! + tensor.offset
            if tensor.number == .float32, UInt(bitPattern: start) % UInt(MemoryLayout<Float>.alignment) == 0 {
                return start.assumingMemoryBound(to: Float.self)
            }
            return joined([tensor])
        }

        mutating func joined(_ tensors: [EncoderLayout.Tensor]) -> Numbers {
            let count = tensors.reduce(0) { $0 + $1.count }
            let numbers = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count))
            owned.append(numbers)
            var place = numbers
            for tensor in tensors {
                convert(tensor, to: place)
                place += tensor.count
            }
            return Numbers(numbers)
        }

        private func convert(_ tensor: EncoderLayout.Tensor, to numbers: UnsafeMutablePointer<Float>) {
            let start = bytes.baseAddress! + tensor.offset
            switch tensor.number {
            case .float32: memcpy(numbers, start, tensor.count * 4)
            case .float16:
                for index in 0..<tensor.count {
                    let bits = start.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
                    numbers[index] = Float(Float16(bitPattern: bits))
                }
            case .bfloat16:
                for index in 0..<tensor.count {
                    let bits = start.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
                    numbers[index] = Float(bitPattern: UInt32(bits) << 16)
                }
            }
        }
    }
}
