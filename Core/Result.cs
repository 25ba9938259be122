using System.Diagnostics.CodeAnalysis;

namespace W0rktree.Core;

/// <summary>Holds either a value or the <see cref="Core.Error"/> that says why there is none. The default value is an error.</summary>
public readonly struct Result<T>
{
    private static readonly Error Uninitialised = new("uninitialised", "A result was read before it was set.");

    private readonly T? _value;
    private readonly Error? _error;
    private readonly bool _isOk;

    private Result(T value)
    {
        _value = value;
        _isOk = true;
    }

    private Result(Error error) => _error = error;

    /// <summary>Gets whether a value is present.</summary>
    [MemberNotNullWhen(true, nameof(_value))]
    public bool IsOk => _isOk;

    /// <summary>Gets the value; throws where there is none, which is a defect of the caller.</summary>
    public T Value => _isOk ? _value! : throw new InvalidOperationException($"No value: {Error}");

    /// <summary>Gets the refusal; throws where there is a value.</summary>
    public Error Error => _isOk ? throw new InvalidOperationException("The result is not an error.") : _error ?? Uninitialised;

    /// <summary>Gets the value when there is one.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, out Error error)
    {
        value = _value;
        error = _isOk ? default : Error;
        return _isOk;
    }

    /// <summary>Transforms the value and passes an error on.</summary>
    public Result<TOut> Map<TOut>(Func<T, TOut> map) => _isOk ? map(_value!) : Error;

    /// <summary>Goes on with another fallible step and passes an error on.</summary>
    public Result<TOut> Then<TOut>(Func<T, Result<TOut>> next) => _isOk ? next(_value!) : Error;

    /// <summary>Reduces both cases to one value.</summary>
    public TOut Match<TOut>(Func<T, TOut> ok, Func<Error, TOut> failed) => _isOk ? ok(_value!) : failed(Error);

    /// <summary>Wraps a value.</summary>
    public static implicit operator Result<T>(T value) => new(value);

    /// <summary>Wraps a refusal.</summary>
    public static implicit operator Result<T>(Error error) => new(error);
}

/// <summary>Stands for success without a value.</summary>
public readonly record struct Done;
