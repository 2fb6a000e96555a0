import BERT
import Digest
import Glibc

/// The files of a model as they lie in its folder, the weights mapped and not read.
///
/// `@unchecked`: everything is immutable once made; the mapping is private, and given back when the last user goes.
final class ModelFolder: @unchecked Sendable {
    let path: String
    let configuration: EncoderConfiguration
    let tokenizer: WordPiece
    let pooling: Pooling
    let layout: EncoderLayout
    /// Most tokens of one input, special ones included.
    let longest: Int
    /// SHA-256 of the weights' file and of all that says how they are used.
    let digest: ContentDigest
    let weights: UnsafeRawBufferPointer

    /// - Throws: The first thing that is missing, damaged or not supported, with its place in the folder.
    init(_ path: String) throws(ModelProblem) {
        let path = try Self.folder(path)
        self.path = path
        var reader = Reader(folder: path, isDigested: true)
        let parts: Parts
        do throws(ModelProblem) { parts = try Parts(&reader) } catch { throw error.inside(path) }
        configuration = parts.configuration
        tokenizer = parts.tokenizer
        pooling = parts.pooling
        layout = parts.layout
        longest = parts.longest
        digest = reader.digest(with: parts.weights)
        weights = parts.weights
    }

    /// Holds all to each other that would be read, without the weights themselves: no digest, nothing kept.
    ///
    /// - Throws: As `init` does.
    static func check(_ path: String) throws(ModelProblem) {
        let path = try folder(path)
        var reader = Reader(folder: path, isDigested: false)
        do throws(ModelProblem) {
            let weights = try Parts(&reader).weights
            munmap(UnsafeMutableRawPointer(mutating: weights.baseAddress!), weights.count)
        } catch { throw error.inside(path) }
    }

    /// The path without a last slash.
    private static func folder(_ path: String) throws(ModelProblem) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw ModelProblem(
                path, "there is no such folder",
                mend:
                    "run 'scripts/bootstrap model', which fetches all-MiniLM-L6-v2 into .build/models/minilm, or name "
                    + "the folder of another model in the format of Hugging Face"
            )
        }
        return path
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: weights.baseAddress!), weights.count) }

    /// All that is read, before any of it is kept.
    private struct Parts {
        let configuration: EncoderConfiguration
        let tokenizer: WordPiece
        let pooling: Pooling
        let layout: EncoderLayout
        let longest: Int
        let weights: UnsafeRawBufferPointer

        init(_ reader: inout Reader) throws(ModelProblem) {
            let config = try reader.required("config.json")
            configuration = try EncoderConfiguration(json: config)
            let sentences = try reader.optional("sentence_bert_config.json")
            let settings = try TokenizerConfiguration(
                json: try reader.required("tokenizer_config.json"), sentences: sentences)
            let vocabulary = try Vocabulary(try reader.required("vocab.txt"))
            guard vocabulary.count == configuration.vocabularySize else {
                throw ModelProblem(
                    "vocab.txt",
                    "has \(vocabulary.count) pieces, and config.json asks for \(configuration.vocabularySize)",
                    mend: "take vocab.txt and config.json from the same model")
            }
            tokenizer = try WordPiece(vocabulary: vocabulary, configuration: settings)
            pooling = try Self.pooling(&reader)
            try Self.refusePrompts(&reader)
            longest = min(configuration.positions, settings.longest ?? configuration.positions)
            let mapped = try reader.map("model.safetensors")
            do throws(ModelProblem) {
                layout = try EncoderLayout(try WeightsIndex(mapped), configuration)
            } catch {
                munmap(UnsafeMutableRawPointer(mutating: mapped.baseAddress!), mapped.count)
                throw error
            }
            weights = mapped
        }

        private static func pooling(_ reader: inout Reader) throws(ModelProblem) -> Pooling {
            guard let modules = try reader.optional("modules.json") else { return .standard }
            let steps = try Pooling.Steps(json: modules)
            guard let folder = steps.poolingFolder else {
                return Pooling(rule: .mean, isNormalised: steps.isNormalised)
            }
            let file = folder + "/config.json"
            return try Pooling(
                json: try reader.required(file), place: file, isNormalised: steps.isNormalised)
        }

        /// A model that puts words before every text unasked would give other vectors there than here.
        private static func refusePrompts(_ reader: inout Reader) throws(ModelProblem) {
            let file = "config_sentence_transformers.json"
            guard let json = try reader.optional(file) else { return }
            if let prompt = try SentencePrompts(json: json, file: file).standard {
                throw ModelProblem(
                    "\(file): default_prompt_name",
                    "the prompt '\(prompt)' before every text is not supported",
                    mend: "use a model without a default prompt")
            }
        }
    }

    /// Reads files of one folder, and remembers the digests of what it read.
    private struct Reader {
        let folder: String
        private let isDigested: Bool
        private var digests: [(name: String, digest: ContentDigest)] = []

        init(folder: String, isDigested: Bool) {
            self.folder = folder
            self.isDigested = isDigested
        }

        /// Configuration files are small; a vocabulary has some megabytes.
        private static let largest = 256 << 20

        mutating func required(_ name: String) throws(ModelProblem) -> [UInt8] {
            guard let bytes = try optional(name) else {
                throw ModelProblem(
                    name, "the file is missing", mend: "copy the whole folder of the model, with this file")
            }
            return bytes
        }

        mutating func optional(_ name: String) throws(ModelProblem) -> [UInt8]? {
            guard let (descriptor, size) = try open(name) else { return nil }
            defer { close(descriptor) }
            guard size <= Self.largest else {
                throw ModelProblem(name, "has \(size) bytes, too many", mend: "copy the model's folder anew")
            }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(size)
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &chunk, chunk.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw Self.unreadable(name) }
                if count == 0 { break }
                bytes.append(contentsOf: chunk[..<count])
                guard bytes.count <= Self.largest else {
                    throw ModelProblem(name, "has too many bytes", mend: "copy the model's folder anew")
                }
            }
            if isDigested { digests.append((name, ContentDigest(of: bytes))) }
            return bytes
        }

        func map(_ name: String) throws(ModelProblem) -> UnsafeRawBufferPointer {
            guard let (descriptor, size) = try open(name) else {
                let other = access(folder + "/pytorch_model.bin", F_OK) == 0
                throw ModelProblem(
                    name, "the file is missing",
                    mend: other
                        ? "save the model as safetensors: pytorch_model.bin is not read, since it can run code"
                        : "copy the whole folder of the model, with this file")
            }
            defer { close(descriptor) }
            guard size > 0 else { throw ModelProblem(name, "is empty", mend: "copy the file anew") }
            guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
            else {
                throw Self.unreadable(name)
            }
            return UnsafeRawBufferPointer(start: start, count: size)
        }

        func digest(with weights: UnsafeRawBufferPointer) -> ContentDigest {
            var hasher = SHA256()
            for (name, digest) in digests.sorted(by: { $0.name < $1.name }) {
                hasher.update(name + "\n" + digest.hex + "\n")
            }
            hasher.update(weights)
            return hasher.finish()
        }

        /// A descriptor and the size of a regular file; nil where there is none of the name.
        private func open(_ name: String) throws(ModelProblem) -> (Int32, Int)? {
            // Without O_NONBLOCK, opening a pipe would wait for a writer.
            let descriptor = Glibc.open(folder + "/" + name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            if descriptor < 0 {
                if errno == ENOENT { return nil }
                throw Self.unreadable(name)
            }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw ModelProblem(name, "is no file", mend: "copy the model's folder anew")
            }
            return (descriptor, Int(status.st_size))
        }

        private static func unreadable(_ name: String) -> ModelProblem {
            ModelProblem(
                name, "cannot be read: \(String(cString: strerror(errno)))", mend: "check who may read it")
        }
    }
}
