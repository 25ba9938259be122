using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Silo.Front;

/// <summary>Hashes passwords outside the grains, a few at a time: each takes a core for a tenth of a second or more. Thread-safe.</summary>
/// <param name="stretch">Makes the proof of a password under a salt with so many iterations.</param>
internal sealed class Passwords(Func<byte[], ReadOnlyMemory<byte>, int, byte[]> stretch) : IDisposable
{
    private const int Iterations = 600_000;
    private const int HashBytes = 32;
    private const int SaltBytes = 16;
    private const int MinBytes = 10;
    private const int MaxBytes = 1_024;

    // More than this many waiting, and the caller is told to come back: hashing must not starve the rest of the server.
    private const int MaxWaiting = 64;

    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private int _waiting;

    /// <summary>Initializes hashing by PBKDF2 with SHA-256.</summary>
    public Passwords()
        : this(static (password, salt, iterations) => Rfc2898DeriveBytes.Pbkdf2(password, salt.Span, iterations, HashAlgorithmName.SHA256, HashBytes))
    {
    }

    /// <summary>Hashes a new password. The salt follows from the request's random id, so that a repetition gives the same.</summary>
    public async Task<PasswordVerifier> HashAsync(string password, string requestId, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(password) is < MinBytes or > MaxBytes)
        {
            throw new RefusedException(Refusals.Invalid($"A password has {MinBytes} to {MaxBytes:N0} bytes."));
        }

        var salt = SHA256.HashData(Encoding.UTF8.GetBytes($"w0rktree salt {requestId}"))[..SaltBytes];
        var verifier = new PasswordVerifier { Salt = [.. salt], Iterations = Iterations };
        return verifier with { Hash = await ProveAsync(password, verifier, cancellationToken) };
    }

    /// <summary>Makes the challenge for a name that nobody has: the same for the same name, and indistinguishable from a real one.</summary>
    public PasswordVerifier Decoy(string name) => new()
    {
        Salt = [.. HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(name))[..SaltBytes]],
        Iterations = Iterations,
    };

    /// <summary>Computes the proof for a challenge.</summary>
    public async Task<ImmutableArray<byte>> ProveAsync(string password, PasswordVerifier challenge, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(password) > MaxBytes)
        {
            throw new RefusedException(Refusals.Invalid($"A password has at most {MaxBytes:N0} bytes."));
        }

        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new RefusedException(new Refusal { Code = "busy", Message = "Too many people are signing in at this moment.", Hint = "Try again." });
        }

        await _cores.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(
                () => ImmutableArray.Create(stretch(Encoding.UTF8.GetBytes(password), challenge.Salt.AsMemory(), challenge.Iterations)),
                cancellationToken);
        }
        finally
        {
            _cores.Release();
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cores.Dispose();
}
