import Notation

/// One JSON file of a model's folder, read key by key with problems that name the place.
struct ModelJSON {
    let file: String
    let object: JSONObject

    /// - Parameter mend: What to do where the file is no JSON object.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, file: String, limits: JSONLimits = .standard,
        mend: String = "copy the model's folder anew"
    ) throws(ModelProblem) {
        self.file = file
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(bytes, limits: limits) } catch {
            throw ModelProblem("\(file):\(error.mark.line):\(error.mark.column)", error.cause, mend: mend)
        }
        guard let object = value.objectValue else {
            throw ModelProblem(file, "holds \(value.typeName), not an object", mend: mend)
        }
        self.object = object
    }

    init(_ bytes: [UInt8], file: String) throws(ModelProblem) {
        let result: Result<ModelJSON, ModelProblem> = bytes.withUnsafeBufferPointer { buffer in
            do throws(ModelProblem) { return .success(try ModelJSON(buffer, file: file)) } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    func problem(_ key: String, _ cause: String, mend: String) -> ModelProblem {
        ModelProblem("\(file): \(key)", cause, mend: mend)
    }

    /// A value that is there and not null.
    func value(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    /// A whole number in a range; nil where the key is absent or null.
    func integer(_ key: String, _ range: ClosedRange<Int>) throws(ModelProblem) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.intValue, range.contains(Int(number)) else {
            throw problem(
                key, "is no whole number from \(range.lowerBound) to \(range.upperBound)",
                mend: "copy the model's folder anew")
        }
        return Int(number)
    }

    func required(_ key: String, _ range: ClosedRange<Int>) throws(ModelProblem) -> Int {
        guard let number = try integer(key, range) else {
            throw problem(key, "is missing", mend: "copy the model's folder anew")
        }
        return number
    }

    func flag(_ key: String) throws(ModelProblem) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.boolValue else {
            throw problem(key, "is neither true nor false", mend: "copy the model's folder anew")
        }
        return flag
    }

    func text(_ key: String) throws(ModelProblem) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.stringValue else {
            throw problem(key, "is no text", mend: "copy the model's folder anew")
        }
        return text
    }
}
