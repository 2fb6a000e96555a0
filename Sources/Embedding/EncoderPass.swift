import BERT
import CKernels
import COpenBLAS
import Glibc

/// Memory for the forward pass of one piece of a batch, and the pass itself.
///
/// The tokens of all inputs of the piece lie below each other in one matrix without padding; attention alone looks at
/// one input at a time.
final class EncoderPass {
    private let configuration: EncoderConfiguration
    private let weights: EncoderWeights
    /// Rows that fit.
    private let capacity: Int
    /// One row a token: the result of the last layer, once `run` is done.
    private(set) var hidden: UnsafeMutablePointer<Float>
    private var other: UnsafeMutablePointer<Float>
    private let projected: UnsafeMutablePointer<Float>
    private let inner: UnsafeMutablePointer<Float>
    private let scratch: UnsafeMutablePointer<Float>

    /// - Parameters:
    ///   - capacity: Most tokens of a piece.
    ///   - longest: Most tokens of an input.
    init(_ configuration: EncoderConfiguration, _ weights: EncoderWeights, capacity: Int, longest: Int) {
        self.configuration = configuration
        self.weights = weights
        self.capacity = capacity
        func numbers(_ width: Int) -> UnsafeMutablePointer<Float> { .allocate(capacity: capacity * width) }
        hidden = numbers(configuration.width)
        other = numbers(configuration.width)
        projected = numbers(3 * configuration.width)
        inner = numbers(configuration.innerWidth)
        scratch = .allocate(capacity: ckernels_attend_scratch(longest, configuration.headWidth))
    }

    deinit { for numbers in [hidden, other, projected, inner, scratch] { numbers.deallocate() } }

    /// Encodes inputs whose tokens lie one after another in `ids`, special tokens included.
    ///
    /// - Parameter lengths: Tokens of each input; their sum is `ids.count`, at most the capacity.
    func run(_ ids: [Int32], _ lengths: [Int]) {
        precondition(ids.count <= capacity, "more tokens than there is memory for")
        let rows = ids.count
        embed(ids, lengths)
        normalise(hidden, nil, nil, weights.norm, rows)
        for layer in weights.layers {
            multiply(hidden, layer.projection, projected, rows)
            attend(lengths, layer)
            // `projected` was used up by attention: it takes the next product.
            multiply(other, layer.attended, projected, rows)
            normalise(projected, layer.attendedBias, hidden, layer.attendedNorm, rows)
            multiply(projected, layer.inner, inner, rows, geluBias: layer.innerBias)
            multiply(inner, layer.outer, other, rows)
            normalise(other, layer.outerBias, projected, layer.outerNorm, rows)
            swap(&hidden, &other)
        }
    }

    /// A product, and the activation of what comes out where a bias is given.
    private func multiply(
        _ input: UnsafePointer<Float>, _ matrix: EncoderWeights.Matrix,
        _ output: UnsafeMutablePointer<Float>, _ rows: Int, geluBias: UnsafePointer<Float>? = nil
    ) {
        if matrix.isPacked {
            ckernels_multiply(
                input, matrix.numbers, geluBias, output, rows, matrix.outputs, matrix.inputs)
        } else {
            copenblas_multiply(rows, matrix.outputs, matrix.inputs, input, matrix.numbers, output)
            if let geluBias { ckernels_gelu(output, geluBias, rows, matrix.outputs) }
        }
    }

    private func embed(_ ids: [Int32], _ lengths: [Int]) {
        let width = configuration.width
        var row = hidden
        var token = 0
        for length in lengths {
            for position in 0..<length {
                let word = weights.words + Int(ids[token]) * width
                let place = weights.positions + position * width
                for index in 0..<width { row[index] = word[index] + place[index] + weights.segment[index] }
                row += width
                token += 1
            }
        }
    }

    private func attend(_ lengths: [Int], _ layer: EncoderWeights.Layer) {
        let width = configuration.width
        var start = 0
        for length in lengths {
            ckernels_attend(
                projected + start * 3 * width, layer.projectionBias, other + start * width, length,
                configuration.heads, configuration.headWidth, scratch)
            start += length
        }
    }

    private func normalise(
        _ rows: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>?,
        _ residual: UnsafePointer<Float>?, _ norm: EncoderWeights.Norm, _ count: Int
    ) {
        ckernels_norm(
            rows, bias, residual, norm.scale, norm.shift, count, configuration.width,
            configuration.normEpsilon)
    }
}
