import BERT
import CKernels
import COpenBLAS
import Digest
import Domain
import Glibc
import Synchronization

/// A BERT-family encoder on this machine's processor: `config.json`, `model.safetensors`, `vocab.txt` and their
/// like, in a folder as Hugging Face lays it out.
///
/// Texts are cut into word pieces, and those that are longer than the model reads into windows of nearly equal length,
/// whose vectors are averaged by their tokens. The windows of a batch go through the layers packed, several threads
/// with a piece of the batch each. Memory: the weights, and for each thread about 15 MB (MiniLM).
///
/// Products of matrices are our own on processors with AVX-512, where they need no packing at each call and are as fast
/// as OpenBLAS's: a vector is then the same to the last bit whatever texts it was asked with. Elsewhere they are
/// OpenBLAS's, whose rounding depends on the number of rows: by less than 1e-6 in each component.
public final class EncoderEmbedder: Embedder {
    public let model: EmbeddingModel
    /// Numbers of a vector.
    public var width: Int { folder.configuration.width }
    /// Most tokens of a window, special ones included.
    public var longest: Int { folder.longest }

    private let folder: ModelFolder
    private let weights: EncoderWeights
    private let threads: Int
    private let passes = Mutex<[Reusable]>([])

    /// Most tokens that go through the layers together: enough that the products are large, and few enough that what
    /// lies between them stays near the processor.
    static let pieceTokens = 392

    /// Reads a model, under 300 ms where its weights are 32-bit floats of some hundred megabytes.
    ///
    /// - Parameters:
    ///   - path: The model's folder.
    ///   - name: As reports name it; nil: the folder's last part.
    ///   - threads: Pieces of a batch that are worked on at once; nil: as many as there are processors.
    /// - Throws: What is wrong with the folder, with its place and how to mend it.
    public convenience init(
        folder path: String, name: String? = nil, threads: Int? = nil
    ) throws(ModelProblem) {
        try self.init(folder: path, name: name, threads: threads, usesBLAS: !Self.multiplies)
    }

    /// - Parameter usesBLAS: Whether OpenBLAS multiplies matrices rather than we.
    init(
        folder path: String, name: String? = nil, threads: Int? = nil, usesBLAS: Bool
    ) throws(ModelProblem) {
        if usesBLAS, let why = copenblas_open() {
            throw ModelProblem(
                "libopenblas.so.0", "OpenBLAS cannot be opened: \(String(cString: why))",
                mend: "install libopenblas0 (scripts/bootstrap does)")
        }
        folder = try ModelFolder(path)
        weights = EncoderWeights(folder, packs: !usesBLAS)
        let short = folder.path.split(separator: "/").last.map(String.init) ?? folder.path
        model = EmbeddingModel(name: name ?? short, digest: folder.digest.hex)
        let processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        self.threads = min(64, max(1, threads ?? processors))
    }

    /// Whether a folder's files are there and fit each other: configuration, vocabulary and the table of the weights
    /// against the size of their file. The weights are not read, so that it costs some milliseconds.
    ///
    /// - Throws: What `init` would throw of the folder.
    public static func check(folder: String) throws(ModelProblem) { try ModelFolder.check(folder) }

    public var showsTokens: Bool { true }

    /// Whether this processor has a product of our own.
    static var multiplies: Bool { ckernels_multiplies() != 0 }

    /// The ids of a text's word pieces, without special tokens.
    public func tokenIDs(_ text: String) -> [Int32]? { folder.tokenizer.ids(text) }

    public var unknownToken: Int32? { folder.tokenizer.unknownID }

    public func embed(
        _ texts: [String], _ detail: EmbeddingDetail
    ) async throws(EmbeddingProblem) -> [TextEmbedding] {
        let tokens = texts.map { folder.tokenizer.ids($0) }
        let windows = tokens.enumerated().flatMap { text, ids in
            Windows.cut(ids.count, longest: folder.longest - 2).map { Window(text: text, ids: ids[$0]) }
        }
        let pieces = Self.pieces(windows, threads: threads)
        let turn = Turn()
        let results = await withTaskGroup(of: [(Int, [Encoded])].self) { group in
            for _ in 0..<min(threads, pieces.count) {
                group.addTask {
                    var done: [(Int, [Encoded])] = []
                    while !Task.isCancelled {
                        let piece = turn.next()
                        guard piece < pieces.count else { break }
                        done.append((piece, self.encode(windows[pieces[piece]], detail)))
                    }
                    return done
                }
            }
            var all = [[Encoded]](repeating: [], count: pieces.count)
            for await done in group {
                for (piece, encoded) in done { all[piece] = encoded }
            }
            return all
        }
        if Task.isCancelled { throw .failed("embedding was stopped before it was done") }
        return try combined(texts.count, tokens, windows, results.flatMap { $0 }, detail)
    }

    public func close() async { passes.withLock { $0.removeAll() } }

    // MARK: - Pieces

    /// Deals out the numbers of pieces, each once.
    private final class Turn: Sendable {
        private let dealt = Atomic(0)

        func next() -> Int { dealt.add(1, ordering: .relaxed).oldValue }
    }

    /// A stretch of a text that goes through the layers as one input.
    private struct Window: Sendable {
        let text: Int
        let ids: ArraySlice<Int32>
        /// With the two special tokens.
        var length: Int { ids.count + 2 }
    }

    /// A window's vector before scaling, and its tokens' where they are wanted.
    private struct Encoded: Sendable {
        let pooled: [Float]
        let tokens: [Float]
    }

    /// Ranges of windows with about as many tokens each, so that threads end together.
    private static func pieces(_ windows: [Window], threads: Int) -> [Range<Int>] {
        let total = windows.reduce(0) { $0 + $1.length }
        let rounds = max(1, (total + pieceTokens * threads - 1) / (pieceTokens * threads))
        let target = min(pieceTokens, max(64, total / (rounds * threads) + 1))
        var pieces: [Range<Int>] = []
        var start = 0
        var sum = 0
        for (index, window) in windows.enumerated() {
            if index > start, sum + window.length > target {
                pieces.append(start..<index)
                start = index
                sum = 0
            }
            sum += window.length
        }
        if start < windows.count { pieces.append(start..<windows.count) }
        return pieces
    }

    /// A pass that waits for its next piece. `@unchecked`: one task at a time holds it, the lock of `passes` hands it on.
    private struct Reusable: @unchecked Sendable {
        let pass: EncoderPass
    }

    private func takePass() -> EncoderPass {
        if let waiting = passes.withLock({ $0.popLast() }) { return waiting.pass }
        return EncoderPass(
            folder.configuration, weights, capacity: max(Self.pieceTokens, folder.longest),
            longest: folder.longest)
    }

    private func encode(_ windows: ArraySlice<Window>, _ detail: EmbeddingDetail) -> [Encoded] {
        var ids: [Int32] = []
        var lengths: [Int] = []
        for window in windows {
            ids.append(folder.tokenizer.classificationID)
            ids.append(contentsOf: window.ids)
            ids.append(folder.tokenizer.separatorID)
            lengths.append(window.length)
        }
        let pass = takePass()
        pass.run(ids, lengths)
        var encoded: [Encoded] = []
        var row = 0
        for length in lengths {
            let start = pass.hidden + row * width
            let tokens =
                detail == .tokens ? [Float](UnsafeBufferPointer(start: start, count: length * width)) : []
            encoded.append(Encoded(pooled: pooled(start, length), tokens: tokens))
            row += length
        }
        let reusable = Reusable(pass: pass)
        passes.withLock { $0.append(reusable) }
        return encoded
    }

    /// One vector out of those of `length` tokens.
    private func pooled(_ rows: UnsafePointer<Float>, _ length: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: width) { vector, count in
            count = width
            // A width is at least 1.
            let start = vector.baseAddress!
            start.update(from: rows, count: width)
            switch folder.pooling.rule {
            case .cls: break
            case .mean:
                ckernels_add_rows(rows + width, start, length - 1, width)
                for index in 0..<width { start[index] /= Float(length) }
            case .max: ckernels_max_rows(rows + width, start, length - 1, width)
            }
        }
    }

    private func combined(
        _ count: Int, _ tokens: [[Int32]], _ windows: [Window], _ encoded: [Encoded],
        _ detail: EmbeddingDetail
    ) throws(EmbeddingProblem) -> [TextEmbedding] {
        var results: [TextEmbedding] = []
        results.reserveCapacity(count)
        var first = 0
        for text in 0..<count {
            var last = first
            while last < windows.count, windows[last].text == text { last += 1 }
            let range = first..<last
            first = last
            let vector = try EmbeddingVector(
                model: model, values: mean(windows[range], encoded[range]))
            results.append(
                TextEmbedding(
                    vector: vector, tokenCount: tokens[text].count, windows: range.count,
                    tokens: detail == .tokens ? tokenVectors(windows[range], encoded[range]) : nil))
        }
        return results
    }

    /// The mean of the windows' vectors, each counted by its tokens, at length 1 where the model says so.
    private func mean(_ windows: ArraySlice<Window>, _ encoded: ArraySlice<Encoded>) -> [Float] {
        var vector: [Float]
        if encoded.count == 1 {
            vector = encoded[encoded.startIndex].pooled
        } else {
            var sums = [Double](repeating: 0, count: width)
            var total = 0.0
            for (window, part) in zip(windows, encoded) {
                let weight = Double(window.length)
                total += weight
                for index in sums.indices { sums[index] += weight * Double(part.pooled[index]) }
            }
            vector = sums.map { Float($0 / total) }
        }
        guard folder.pooling.isNormalised else { return vector }
        var square = 0.0
        for number in vector { square += Double(number) * Double(number) }
        // As the reference has it, so that a vector of zeros stays one.
        let length = Float(max(square.squareRoot(), 1e-12))
        for index in vector.indices { vector[index] /= length }
        return vector
    }

    private func tokenVectors(_ windows: ArraySlice<Window>, _ encoded: ArraySlice<Encoded>) -> TokenVectors {
        var ids: [Int32] = []
        var isSpecial: [Bool] = []
        var values: [Float] = []
        for (window, part) in zip(windows, encoded) {
            ids.append(folder.tokenizer.classificationID)
            ids.append(contentsOf: window.ids)
            ids.append(folder.tokenizer.separatorID)
            isSpecial.append(true)
            for _ in window.ids { isSpecial.append(false) }
            isSpecial.append(true)
            values.append(contentsOf: part.tokens)
        }
        return TokenVectors(model: model, ids: ids, values: values, width: width, isSpecial: isSpecial)
    }
}
