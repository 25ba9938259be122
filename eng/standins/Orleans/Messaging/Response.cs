using System.Runtime.ExceptionServices;

namespace Orleans.Serialization.Invocation;

/// <summary>The outcome of a call.</summary>
public abstract class Response : IDisposable
{
    /// <summary>A call that ended without a value.</summary>
    public static Response Completed { get; } = new Response<object?>();

    /// <summary>The exception by which the call ended, or null.</summary>
    public abstract Exception? Exception { get; set; }

    /// <summary>The value that the call returned.</summary>
    public abstract object? Result { get; set; }

    /// <summary>A call that failed.</summary>
    public static Response FromException(Exception exception) => new ExceptionResponse(exception);

    /// <summary>A call that returned a value.</summary>
    public static Response FromResult<TResult>(TResult value) => new Response<TResult> { TypedResult = value };

    /// <summary>The value as its type; throws if the call failed.</summary>
    public abstract T GetResult<T>();

    /// <summary>Gives the object back for reuse.</summary>
    public abstract void Dispose();

    private sealed class ExceptionResponse(Exception exception) : Response
    {
        private Exception? _exception = exception;

        public override Exception? Exception
        {
            get => _exception;
            set => _exception = value;
        }

        public override object? Result
        {
            get
            {
                ExceptionDispatchInfo.Throw(_exception!);
                return null;
            }

            set => throw new InvalidOperationException("A failed call has no result.");
        }

        public override T GetResult<T>()
        {
            ExceptionDispatchInfo.Throw(_exception!);
            return default!;
        }

        public override void Dispose()
        {
        }
    }
}

/// <summary>The outcome of a call that returned a value.</summary>
public sealed class Response<TResult> : Response
{
    /// <summary>The value.</summary>
    public TResult? TypedResult { get; set; }

    /// <inheritdoc />
    public override Exception? Exception
    {
        get => null;
        set => throw new InvalidOperationException("A call that returned has no exception.");
    }

    /// <inheritdoc />
    public override object? Result
    {
        get => TypedResult;
        set => TypedResult = (TResult?)value;
    }

    /// <inheritdoc />
    public override T GetResult<T>() => (T)(object?)TypedResult!;

    /// <inheritdoc />
    public override void Dispose()
    {
    }
}
