/* Products of powers modulo a 2048-bit prime, eight at a time: base^e * g^a * y^b.
 *
 * What a ballot's check spends its time on, for processors with the AVX-512 IFMA instructions.  All numbers are public,
 * so nothing here takes care to run in constant time.  ballots/protocol/kernel.py builds it, loads it and holds it against the
 * Python of ballots/protocol/powers.py, which says the same and is the reference.
 *
 * A number is 40 limbs of 52 bits; eight numbers lie side by side, one in each lane of a vector.  Multiplication is
 * Montgomery's with R = 2^2080, without the last subtraction: R > 4p, so that factors below 2p give a product below 2p.
 *   P. L. Montgomery, "Modular multiplication without trial division" (1985).
 *   S. Gueron, V. Krasnov, "Software implementation of modular exponentiation, using advanced vector instructions
 *     architectures" (2012): the redundant radix and the "almost" Montgomery multiplication.
 *   N. Drucker, S. Gueron, "Fast modular squaring with AVX512IFMA" (2019): the instructions, and cross products once.
 *   A. C. Yao, "On the evaluation of powers" (1976): all powers of a base from one chain of squares.
 */
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

enum {
    LIMBS = 40,
    LANES = 8,
    ROWS = 4,           /* limbs of one factor that are worked on together */
    BYTES = 256,        /* of a number, little-endian, outside */
    EXPONENT = 32,      /* bytes of an exponent */
    BITS = 256,
    WINDOW = 4,         /* of the powers of a base: odd digits 1, 3, ..., 15 */
    TABLE_ROWS = 255,   /* of a fixed base, for each of the 32 bytes of an exponent */
    STEPS = 160         /* of a product at most: 64 + 7 + 2 of the base, 32 each of g and y */
};
#define MASK ((1ULL << 52) - 1)
#define UNROLL _Pragma("GCC unroll 48")

typedef __m512i vector;
typedef uint64_t number[LIMBS];
typedef uintptr_t step; /* the address of a factor, or one of the following */
enum { NOTHING, FOLD, SQUARE, JOIN };

typedef struct {
    number p;
    number square; /* R^2 mod p */
    number unit;   /* R mod p, the one of Montgomery's form */
    uint64_t inverse; /* -1/p mod 2^52 */
} modulus;

typedef struct {
    vector p[LIMBS];
    vector inverse;
} field; /* the modulus in every lane */

static inline __attribute__((always_inline)) vector low(vector sum, vector a, vector b) {
    return _mm512_madd52lo_epu64(sum, a, b);
}

static inline __attribute__((always_inline)) vector high(vector sum, vector a, vector b) {
    return _mm512_madd52hi_epu64(sum, a, b);
}

/* sum += x * y for ROWS limbs x and all limbs y, in the columns `from` to LIMBS + ROWS - 1.
 * A column takes at most 4 * 40 halves of products, less than 2^52 each: it cannot overflow 64 bits.
 * `fresh`: columns from this on hold nothing yet. */
static inline __attribute__((always_inline)) void add_rows(
    vector *restrict sum, const vector *restrict x, const vector *restrict y, const int from, const int fresh) {
    UNROLL
    for (int j = from; j < LIMBS + ROWS; j++) {
        vector column = j < fresh ? sum[j] : _mm512_setzero_si512();
        UNROLL
        for (int r = 0; r < ROWS; r++) {
            if (j >= r && j - r < LIMBS) column = low(column, x[r], y[j - r]);
            if (j >= r + 1 && j - r - 1 < LIMBS) column = high(column, x[r], y[j - r - 1]);
        }
        sum[j] = column;
    }
}

/* out = sum / R mod p, below 2p, its limbs below 2^52. */
static void reduce(vector *restrict out, vector *restrict sum, const field *restrict f) {
    const vector mask = _mm512_set1_epi64(MASK), zero = _mm512_setzero_si512();
    for (int i = 0; i < LIMBS; i += ROWS) {
        vector *column = sum + i, m[ROWS];
        UNROLL
        for (int r = 0; r < ROWS; r++) {
            vector v = column[r];
            UNROLL
            for (int s = 0; s < r; s++) {
                v = low(v, m[s], f->p[r - s]);
                v = high(v, m[s], f->p[r - s - 1]);
            }
            m[r] = low(zero, v, f->inverse);
            /* v + low(m p[0]) ends in 52 zeros; what it carries is v's own and one more unless v ended so itself */
            column[r + 1] = _mm512_add_epi64(column[r + 1], _mm512_srli_epi64(_mm512_add_epi64(v, mask), 52));
        }
        add_rows(column, m, f->p, ROWS, LIMBS + ROWS);
    }
    vector carry = zero;
    UNROLL
    for (int j = 0; j < LIMBS; j++) {
        carry = _mm512_add_epi64(carry, sum[LIMBS + j]);
        out[j] = _mm512_and_si512(carry, mask);
        carry = _mm512_srli_epi64(carry, 52);
    }
}

static void multiply(vector *out, const vector *x, const vector *y, const field *f) {
    vector sum[2 * LIMBS];
    add_rows(sum, x, y, 0, 0);
    for (int i = ROWS; i < LIMBS; i += ROWS) add_rows(sum + i, x + i, y, 0, LIMBS);
    reduce(out, sum, f);
}

static void square(vector *out, const vector *x, const field *f) {
    vector sum[2 * LIMBS];
    const vector zero = _mm512_setzero_si512();
    UNROLL
    for (int j = 0; j < 2 * LIMBS; j++) sum[j] = zero;
    UNROLL
    for (int i = 0; i < LIMBS; i += ROWS) {
        UNROLL
        for (int j = 2 * i + 1; j < i + LIMBS + ROWS; j++) {
            if (j >= 2 * LIMBS) break;
            vector column = sum[j];
            UNROLL
            for (int r = i; r < i + ROWS; r++) {
                if (j - r > r && j - r < LIMBS) column = low(column, x[r], x[j - r]);
                if (j - r - 1 > r && j - r - 1 < LIMBS) column = high(column, x[r], x[j - r - 1]);
            }
            sum[j] = column;
        }
    }
    UNROLL
    for (int i = 0; i < LIMBS; i++) {
        sum[2 * i] = low(_mm512_add_epi64(sum[2 * i], sum[2 * i]), x[i], x[i]);
        sum[2 * i + 1] = high(_mm512_add_epi64(sum[2 * i + 1], sum[2 * i + 1]), x[i], x[i]);
    }
    reduce(out, sum, f);
}

/* Eight vectors turned over: limbs of lanes become lanes of limbs. */
static inline __attribute__((always_inline)) void turn(vector v[LANES]) {
    vector a[LANES], b[LANES];
    UNROLL
    for (int i = 0; i < LANES; i += 2) {
        a[i] = _mm512_unpacklo_epi64(v[i], v[i + 1]);
        a[i + 1] = _mm512_unpackhi_epi64(v[i], v[i + 1]);
    }
    UNROLL
    for (int i = 0; i < 2; i++) {
        b[i] = _mm512_shuffle_i64x2(a[i], a[i + 2], 0x88);
        b[i + 2] = _mm512_shuffle_i64x2(a[i], a[i + 2], 0xdd);
        b[i + 4] = _mm512_shuffle_i64x2(a[i + 4], a[i + 6], 0x88);
        b[i + 6] = _mm512_shuffle_i64x2(a[i + 4], a[i + 6], 0xdd);
    }
    UNROLL
    for (int i = 0; i < 4; i++) {
        v[i] = _mm512_shuffle_i64x2(b[i], b[i + 4], 0x88);
        v[i + 4] = _mm512_shuffle_i64x2(b[i], b[i + 4], 0xdd);
    }
}

static void gather(vector *out, const uint64_t *const from[LANES]) {
    for (int j = 0; j < LIMBS; j += LANES) {
        vector v[LANES];
        UNROLL
        for (int lane = 0; lane < LANES; lane++) v[lane] = _mm512_loadu_si512(from[lane] + j);
        turn(v);
        UNROLL
        for (int i = 0; i < LANES; i++) out[j + i] = v[i];
    }
}

static void scatter(uint64_t *const to[LANES], const vector *x) {
    for (int j = 0; j < LIMBS; j += LANES) {
        vector v[LANES];
        UNROLL
        for (int i = 0; i < LANES; i++) v[i] = x[j + i];
        turn(v);
        UNROLL
        for (int lane = 0; lane < LANES; lane++) _mm512_storeu_si512(to[lane] + j, v[lane]);
    }
}

static void spread(vector *out, const number x) {
    for (int j = 0; j < LIMBS; j++) out[j] = _mm512_set1_epi64((long long)x[j]);
}

static void open_field(field *f, const modulus *m) {
    spread(f->p, m->p);
    f->inverse = _mm512_set1_epi64((long long)m->inverse);
}

static void unpack(number out, const uint8_t *bytes) {
    uint8_t padded[BYTES + 8] = {0};
    memcpy(padded, bytes, BYTES);
    for (int j = 0; j < LIMBS; j++) {
        uint64_t word;
        const int bit = 52 * j;
        memcpy(&word, padded + bit / 8, 8);
        out[j] = (word >> (bit % 8)) & MASK;
    }
}

static void pack(uint8_t *bytes, const number x) {
    unsigned __int128 rest = 0;
    int bits = 0, at = 0;
    for (int j = 0; j < LIMBS; j++) {
        rest |= (unsigned __int128)x[j] << bits;
        for (bits += 52; bits >= 8 && at < BYTES; bits -= 8, rest >>= 8) bytes[at++] = (uint8_t)rest;
    }
}

/* Sizes in bytes, for the caller who owns the memory (on 64-byte boundaries). */
size_t table_size(void) { return sizeof(number) * EXPONENT * TABLE_ROWS; }
size_t scratch_size(int bases, int products) {
    return sizeof(number) * (size_t)(bases + LANES) * BITS + sizeof(step) * (size_t)products * STEPS
        + sizeof(int) * (size_t)products * 2 + 64;
}

/* table[i][d - 1] = base^(d * 256^i), d from 1 to 255. */
void make_table(const modulus *m, const uint8_t *base, number *table) {
    field f;
    open_field(&f, m);
    number plain;
    unpack(plain, base);
    vector x[LIMBS], unit[LIMBS];
    spread(x, plain);
    spread(unit, m->square);
    multiply(x, x, unit, &f);
    for (int i = 0; i < EXPONENT; i += LANES) {
        /* eight bytes of the exponent at once: lane k goes on to base^(256^(i + k)) */
        vector power[LIMBS], product[LIMBS];
        memcpy(power, x, sizeof x);
        for (int lane = 0; lane < LANES; lane++) {
            for (int j = 0; j < LIMBS; j++) power[j] = _mm512_mask_mov_epi64(power[j], (__mmask8)(1 << lane), x[j]);
            for (int n = 0; n < 8; n++) square(x, x, &f);
        }
        memcpy(product, power, sizeof power);
        for (int d = 0; d < TABLE_ROWS; d++) {
            uint64_t *to[LANES];
            for (int lane = 0; lane < LANES; lane++) to[lane] = table[(i + lane) * TABLE_ROWS + d];
            scatter(to, product);
            multiply(product, product, power, &f);
        }
    }
}

/* The steps of base^e from the chain of squares of the base; how many.  The first, if any, is a factor.
 * With s_d the product of all squares whose digit is at least d: x^e = s_1 * (s_3 s_5 ... s_15)^2. */
static int plan_power(step *steps, const uint8_t *exponent, number *chain) {
    uint8_t places[1 << (WINDOW - 1)][BITS / WINDOW + 1];
    int filled[1 << (WINDOW - 1)] = {0}, n = 0, any = 0;
    uint64_t word[EXPONENT / 8 + 1] = {0};
    memcpy(word, exponent, EXPONENT);
    for (int bit = 0; bit < BITS;) {
        uint64_t rest = word[bit / 64] >> (bit % 64);
        if (bit % 64) rest |= word[bit / 64 + 1] << (64 - bit % 64);
        if (!(rest & 1)) {
            bit++;
            continue;
        }
        const int digit = (int)(rest & ((1 << WINDOW) - 1)) >> 1;
        places[digit][filled[digit]++] = (uint8_t)bit;
        bit += WINDOW;
    }
    for (int digit = (1 << (WINDOW - 1)) - 1; digit >= 0; digit--) {
        for (int k = 0; k < filled[digit]; k++, any = 1) steps[n++] = (step)chain[places[digit][k]];
        if (any && digit) steps[n++] = FOLD;
    }
    if (any) {
        steps[n++] = SQUARE;
        steps[n++] = JOIN;
    }
    return n;
}

static int plan_table(step *steps, const uint8_t *exponent, number *table) {
    int n = 0;
    for (int i = 0; i < EXPONENT; i++)
        if (exponent[i]) steps[n++] = (step)table[i * TABLE_ROWS + exponent[i] - 1];
    return n;
}

/* The chains of squares of up to eight bases, into `chains`. */
static void square_up(
    number *chains, const uint8_t *bases, int count, const modulus *m, const field *f) {
    number plain[LANES];
    const uint64_t *from[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        unpack(plain[lane], bases + BYTES * (lane < count ? lane : 0));
        from[lane] = plain[lane];
    }
    vector x[LIMBS], r2[LIMBS];
    gather(x, from);
    spread(r2, m->square);
    multiply(x, x, r2, f);
    for (int i = 0; i < BITS; i++) {
        uint64_t *to[LANES];
        for (int lane = 0; lane < LANES; lane++) to[lane] = chains[lane * BITS + i];
        scatter(to, x);
        if (i + 1 < BITS) square(x, x, f);
    }
}

/* Eight products, each by its own steps. */
static void walk(uint8_t *const out[LANES], const step *const plans[LANES], const int lengths[LANES],
                 const modulus *m, const field *f) {
    vector bucket[LIMBS], product[LIMBS], factor[LIMBS], other[LIMBS];
    number results[LANES];
    const uint64_t *from[LANES];
    int longest = 0;
    for (int lane = 0; lane < LANES; lane++) longest = lengths[lane] > longest ? lengths[lane] : longest;
    for (int lane = 0; lane < LANES; lane++) from[lane] = lengths[lane] ? (const uint64_t *)plans[lane][0] : m->unit;
    gather(bucket, from);
    spread(product, m->unit);
    for (int n = 1; n < longest; n++) {
        __mmask8 into_product = 0, by_bucket = 0, by_product = 0, idle = 0;
        for (int lane = 0; lane < LANES; lane++) {
            const step s = n < lengths[lane] ? plans[lane][n] : NOTHING;
            const __mmask8 bit = (__mmask8)(1 << lane);
            from[lane] = s > JOIN ? (const uint64_t *)s : m->unit;
            if (s == NOTHING) idle |= bit;
            if (s == FOLD) into_product |= bit, by_bucket |= bit;
            if (s == SQUARE) into_product |= bit, by_product |= bit;
            if (s == JOIN) by_product |= bit;
            if (n + 1 < lengths[lane] && plans[lane][n + 1] > JOIN)
                for (size_t at = 0; at < sizeof(number); at += 64)
                    _mm_prefetch((const char *)plans[lane][n + 1] + at, _MM_HINT_T0);
        }
        gather(factor, from);
        if (into_product | by_product)
            for (int j = 0; j < LIMBS; j++) {
                factor[j] = _mm512_mask_mov_epi64(factor[j], by_bucket, bucket[j]);
                factor[j] = _mm512_mask_mov_epi64(factor[j], by_product, product[j]);
                other[j] = _mm512_mask_mov_epi64(bucket[j], into_product, product[j]);
            }
        else
            memcpy(other, bucket, sizeof bucket);
        multiply(other, other, factor, f);
        const __mmask8 into_bucket = (__mmask8)~(into_product | idle);
        for (int j = 0; j < LIMBS; j++) {
            bucket[j] = _mm512_mask_mov_epi64(bucket[j], into_bucket, other[j]);
            product[j] = _mm512_mask_mov_epi64(product[j], into_product, other[j]);
        }
    }
    /* out of Montgomery's form: times 1, which leaves less than p since no product of units is 0 */
    vector one[LIMBS];
    number plain_one = {1};
    spread(one, plain_one);
    multiply(bucket, bucket, one, f);
    uint64_t *to[LANES];
    for (int lane = 0; lane < LANES; lane++) to[lane] = results[lane];
    scatter(to, bucket);
    for (int lane = 0; lane < LANES; lane++)
        if (out[lane]) pack(out[lane], results[lane]);
}

/* out[k] = bases[which[k]]^e * g^a * y^b mod p, with e, a, b the three exponents number k.
 * Bases lie between 1 and p - 1.  `scratch` has scratch_size(n_bases, n) bytes. */
void products(const modulus *m, number *g, number *y, const uint8_t *bases, int n_bases,
              const uint32_t *which, const uint8_t *exponents, int n, uint8_t *out, uint8_t *scratch) {
    number *chains = (number *)scratch;
    step *plans = (step *)(chains + (size_t)(n_bases + LANES) * BITS);
    int *lengths = (int *)(plans + (size_t)n * STEPS), *order = lengths + n;
    field f;
    open_field(&f, m);
    for (int i = 0; i < n_bases; i += LANES)
        square_up(chains + (size_t)i * BITS, bases + (size_t)i * BYTES, n_bases - i, m, &f);
    int count[STEPS + 1] = {0};
    for (int k = 0; k < n; k++) {
        step *steps = plans + (size_t)k * STEPS;
        const uint8_t *e = exponents + (size_t)k * 3 * EXPONENT;
        int length = plan_power(steps, e, chains + (size_t)which[k] * BITS);
        length += plan_table(steps + length, e + EXPONENT, g);
        length += plan_table(steps + length, e + 2 * EXPONENT, y);
        lengths[k] = length;
        count[length]++;
    }
    /* neighbours of equal length walk together */
    for (int length = 1; length <= STEPS; length++) count[length] += count[length - 1];
    for (int k = 0; k < n; k++) order[--count[lengths[k]]] = k;
    for (int i = 0; i < n; i += LANES) {
        uint8_t *to[LANES];
        const step *walked[LANES];
        int lasting[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            const int k = i + lane < n ? order[i + lane] : -1;
            to[lane] = k < 0 ? NULL : out + (size_t)k * BYTES;
            walked[lane] = k < 0 ? NULL : plans + (size_t)k * STEPS;
            lasting[lane] = k < 0 ? 0 : lengths[k];
        }
        walk(to, walked, lasting, m, &f);
    }
}
