import Domain
import HTTPServer
import Testing

@testable import Traffic

/// Which names promise a secret, and which only look so. The values are words that nothing would find by their looks.
@Suite struct SecretNameTests {
    private static let value = "sesame-opens-the-door"

    private static let secrets = [
        "password", "user_password", "new_password", "password_confirmation", "userPassword", "dbPassword",
        "db_password", "DB_PASSWORD", "passwordHash", "password2", "userpassword", "pass-word", "passwd",
        "pwd", "dbPwd", "Passwort", "neues_passwort", "kennwort", "contraseña", "contrasena_nueva",
        "mot_de_passe", "motDePasse", "wachtwoord", "passphrase", "smtp_pass",
        "secret", "client_secret", "clientsecret", "appSecret", "secrets", "aws_secret_access_key",
        "openai_api_key", "apiKey", "APIKey", "api.key", "x-api-keys", "aws_access_key_id", "private_key",
        "sshPrivateKey", "encryption_key", "AccountKey", "master key", "session_key",
        "credentials", "gcpCredential", "authorization", "proxyAuthorization", "auth", "basic_auth",
        "bearer", "access_token", "refreshToken", "id_token", "csrfmiddlewaretoken", "user_token", "token",
        "resetToken", "JWTToken", "jwt", "idJwt", "otp", "otpCode", "totp", "one_time_code", "mfaCode",
        "cvv", "cvv2", "cardCVC", "security_code", "pin", "PIN", "card_pin", "cardPin", "pincode",
        "cookie", "cookies", "session", "session_id", "sessionId", "SESSIONID", "PHPSESSID", "connect.sessid",
        "sid",
    ]

    private static let others = [
        "prompt_tokens", "completion_tokens", "max_tokens", "maxTokens", "total_tokens", "tokens",
        "cached_tokens", "token_count", "tokenCount", "tokens_per_second", "token_type", "eos_token",
        "stop_token", "tokenizer", "detokenize", "pinned", "spinning", "shipping", "opinion", "pin_to_top",
        "secretary", "secretariat", "keyboard", "key", "keys", "keyword", "api_keywords", "public_key",
        "primary_key", "monkey", "session_count", "sessions", "session_name", "code", "zipcode", "postcode",
        "status_code", "signature", "author", "authors", "authority", "passage", "passenger", "compass",
        "bypass", "pass_rate", "password_policy", "passwordLength", "has_password", "cookbook",
        "cookie_policy",
        "option", "adoption", "content", "role", "model", "name", "id", "user", "card_brand", "grid_tokens",
        "inside", "side", "bearing", "contrast", "seconds", "account_id", "access",
    ]

    private func json(_ text: String) throws -> String {
        String(decoding: try Redactor(CaptureRules()).json(Array(text.utf8)), as: UTF8.self)
    }

    @Test(arguments: secrets) func namesOfSecretsAreKnownInJSON(name: String) throws {
        #expect(try json(#"{"\#(name)": "\#(Self.value)"}"#) == #"{"\#(name)": "<redacted>"}"#)
        // In a string of JSON the same.
        let inner = try json(#"{"a": "{\"\#(name)\": \"\#(Self.value)\"}"}"#)
        #expect(inner == #"{"a": "{\"\#(name)\": \"<redacted>\"}"}"#)
    }

    @Test(arguments: others) func namesThatOnlyLookSoAreLeft(name: String) throws {
        let text = #"{"\#(name)": "\#(Self.value)", "password": "x"}"#
        #expect(try json(text) == #"{"\#(name)": "\#(Self.value)", "password": "<redacted>"}"#)
        let numbers = #"{"\#(name)": 12345678, "a": [{"\#(name)": ["a", "b"]}], "pwd": 1}"#
        #expect(
            try json(numbers)
                == #"{"\#(name)": 12345678, "a": [{"\#(name)": ["a", "b"]}], "pwd": "<redacted>"}"#)
    }

    /// `signature` is one there, and so is `key` of none.
    @Test(arguments: secrets + ["signature", "sig", "x_hmac", "xsrf"])
    func theSameNamesAreKnownInFieldsHeadersAndForms(name: String) throws {
        var rules = CaptureRules()
        rules.contentTypes = ["*/*"]
        let redactor = try Redactor(rules)
        let form = try redactor.body(Array("a=1&\(name)=ab&b=2".utf8), as: .form)
        #expect(String(decoding: form, as: UTF8.self) == "a=1&\(name)=<redacted>&b=2")
        let part = "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n"
        let parts = try redactor.body(
            Array("\(part)ab\r\n--b--\r\n".utf8), as: .multipart(boundary: Array("b".utf8)))
        // A space is taken out of a name before it is looked at.
        #expect(String(decoding: parts, as: UTF8.self) == "\(part)<redacted>\r\n--b--\r\n")
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return }
        var clean = Redactor.CleanValues()
        for _ in 0..<2 {
            var out: [UInt8] = []
            redactor.append(["X-\(name)": "ab"], to: &out, knowing: &clean)
            #expect(String(decoding: out, as: UTF8.self) == "X-\(name): <redacted>\r\n")
        }
    }

    @Test(arguments: [
        "Access-Control-Allow-Credentials", "X-RateLimit-Remaining-Tokens", "Idempotency-Key",
        "Sec-WebSocket-Key",
        "X-Session-Count", "OpenAI-Processing-Ms", "X-Token-Count", "Authority", "X-Keyboard",
    ])
    func headersThatOnlyLookSoAreLeft(name: String) throws {
        var clean = Redactor.CleanValues()
        var out: [UInt8] = []
        try Redactor(CaptureRules()).append(["\(name)": "true"], to: &out, knowing: &clean)
        #expect(String(decoding: out, as: UTF8.self) == "\(name): true\r\n")
    }

    @Test(arguments: [
        ("/a?user_password=x&b=1", "user_password=<redacted>&b=1"),
        ("/a?user%5Bpassword%5D=x", "user%5Bpassword%5D=<redacted>"),
        ("/a?token=short", "token=<redacted>"), ("/a?sig=ab%2Fc&se=2026", "sig=<redacted>&se=2026"),
        (
            "/o?X-Amz-Credential=AK%2F2026&X-Amz-Signature=ab&X-Amz-SignedHeaders=host&X-Amz-Expires=60",
            "X-Amz-Credential=<redacted>&X-Amz-Signature=<redacted>&X-Amz-SignedHeaders=host&X-Amz-Expires=60"
        ),
        ("/x?code=ab&state=cd", "code=<redacted>&state=cd"), ("/login/callback?code=ab", "code=<redacted>"),
        ("/oauth2/done?code=ab", "code=<redacted>"), ("/products?code=ab", "code=ab"),
        ("/x?max_tokens=5&page_token=abc", "max_tokens=5&page_token=<redacted>"),
    ])
    func parametersAreKnown(target: String, query: String) throws {
        var clean = Redactor.CleanValues()
        let (_, rest) = try Redactor(CaptureRules()).target(target, knowing: &clean)
        #expect(rest.map { String(decoding: $0, as: UTF8.self) } == query)
    }

    @Test(arguments: [
        (
            #"{"credentials": {"value": "x", "n": [1, {"a": "}"}]}, "b": 1}"#,
            #"{"credentials": "<redacted>", "b": 1}"#
        ),
        (#"{"passwords": ["a", "b"], "b": 1}"#, #"{"passwords": "<redacted>", "b": 1}"#),
        (
            #"{"pin": 1234, "otp": 123456, "cvv": 123}"#,
            #"{"pin": "<redacted>", "otp": "<redacted>", "cvv": "<redacted>"}"#
        ),
        (
            #"{"pin": true, "password": null, "credentials": ""}"#,
            #"{"pin": true, "password": null, "credentials": ""}"#
        ),
        (#"{"credentials": {"value": "cut"#, #"{"credentials": "<redacted>""#),
        // A realtime session is a request's settings.
        (
            #"{"session": {"model": "gpt-4o-realtime-preview", "user_password": "x"}}"#,
            #"{"session": {"model": "gpt-4o-realtime-preview", "user_password": "<redacted>"}}"#
        ),
        (
            #"{"auth": {"type": "x", "value": "abcdefghijklmnopqrst"}}"#,
            #"{"auth": {"type": "x", "value": "<redacted>"}}"#
        ),
        (
            #"{"logprobs": [{"token": "Hello", "bytes": [72], "logprob": -0.1234567890123456}], "first_token": 12345678, "pwd": 1}"#,
            #"{"logprobs": [{"token": "Hello", "bytes": [72], "logprob": -0.1234567890123456}], "first_token": 12345678, "pwd": "<redacted>"}"#
        ),
    ])
    func valuesOfAllKindsGo(text: String, expected: String) throws { #expect(try json(text) == expected) }

    @Test func whatIsNoJSONWithinASecretIsNotKept() throws {
        #expect(throws: Redactor.Unredactable.self) { try json(#"{"credentials": {value: "x"}}"#) }
    }

    /// Numbers that schemes publish for tests; others of as many digits are ids and times.
    @Test(arguments: [
        (#"{"n": 4111111111111111}"#, #"{"n": "<redacted card>"}"#),
        (#"{"n": [1, 378282246310005]}"#, #"{"n": [1, "<redacted card>"]}"#),
        (
            #"{"n": 4111111111111112, "t": 1763676715000000}"#,
            #"{"n": 4111111111111112, "t": 1763676715000000}"#
        ),
        (#"{"n": 0.4111111111111111}"#, #"{"n": 0.4111111111111111}"#),
    ])
    func numbersOfCardsGoWhereverTheyStand(text: String, expected: String) throws {
        #expect(try json(text) == expected)
        var rules = CaptureRules()
        rules.redactedKinds = ["mail"]
        #expect(try String(decoding: Redactor(rules).json(Array(text.utf8)), as: UTF8.self) == text)
    }

    @Test func whatIsKnownOfANameIsRemembered() {
        let cache = SecretNameCache()
        // More names than it has room for: those that share a slot must not be taken for each other.
        for _ in 0..<2 {
            for index in 0..<5000 {
                let letters = String(index, radix: 2).map { $0 == "1" ? "a" : "b" }.joined()
                #expect(cache.secret(Array("\(letters)_password".utf8), in: .member) == .anything)
                #expect(cache.secret(Array("\(letters)_passage".utf8), in: .member) == nil)
                #expect(cache.secret(Array("\(letters)_signature".utf8), in: .member) == nil)
                #expect(cache.secret(Array("\(letters)_signature".utf8), in: .field) == .anything)
            }
        }
    }

    @Test(arguments: [
        ("userPassword", ["user", "password"]), ("APIKey", ["api", "key"]),
        ("X-Amz-Signature", ["x", "amz", "signature"]),
        ("cvv2", ["cvv"]), ("user[PIN]", ["user", "pin"]), ("oauth2Token", ["oauth", "token"]), ("", []),
        ("__", []),
        ("contraseña", ["contraseña"]),
    ])
    func namesAreReadAsWords(name: String, words: [String]) {
        #expect(NameWords(Array(name.utf8)).words == words)
    }
}
