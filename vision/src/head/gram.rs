//! Inner products of all lessons with each other, kept so that a new lesson costs one row.

use super::feature::{BLOCKS, BlockWeights, Feature, LENGTH, Wide};
use super::tile::products;

/// Inner products of two features, one per kind of block: features, class probabilities, and the
/// five mid-level blocks together (they share one weight, so their sum is all that is ever needed).
pub(super) type Products = [f32; 3];

/// Rows that are computed together: each of the others is read and widened once for all of them.
const TOGETHER: usize = 32;

/// Three symmetric matrices over the lessons, lower triangles packed row by row.
///
/// The matrices do not depend on the block weights: those change with every lesson, these do not.
#[derive(Debug, Clone, Default)]
pub(super) struct Gram {
    size: usize,
    packed: Vec<Products>,
}

impl Gram {
    /// Appends rows for `new` lessons after the `old` ones (as many as there are rows so far).
    pub(super) fn extend(&mut self, old: &[&Feature], new: &[&Feature]) {
        let mut all = old.to_vec();
        for rows in new.chunks(TOGETHER) {
            all.extend(rows);
            for row in table(rows, &all) {
                self.packed.extend(&row[..=self.size]);
                self.size += 1;
            }
        }
    }

    /// Removes row and column `index`; the last lesson takes their place.
    pub(super) fn swap_remove(&mut self, index: usize) {
        let last = self.size - 1;
        for other in 0..last {
            if other != index {
                self.packed[at(index, other)] = self.packed[at(last, other)];
            }
        }
        self.packed[at(index, index)] = self.packed[at(last, last)];
        self.packed.truncate(at(last, 0));
        self.size = last;
    }

    /// The kernel `K = Σ share · products` among the lessons in the given order: its rows from `first`
    /// on, each up to the diagonal.
    pub(super) fn rows(&self, order: &[usize], first: usize, shares: [f64; 3]) -> Vec<Vec<f64>> {
        let row = |i: usize| {
            let columns = order[..=i].iter();
            let products = columns.map(|&column| self.packed[at(order[i], column)]);
            products.map(|it| weighted(it, shares)).collect()
        };
        (first..order.len()).map(row).collect()
    }
}

/// Position of a pair in the packed triangle.
fn at(i: usize, j: usize) -> usize {
    let (row, column) = (i.max(j), i.min(j));
    row * (row + 1) / 2 + column
}

/// `Σ share · product`: the kernel of two features.
pub(super) fn weighted(products: Products, shares: [f64; 3]) -> f64 {
    let pairs = products.iter().zip(shares);
    pairs
        .map(|(&product, share)| f64::from(product) * share)
        .sum()
}

/// How alike two photos are by all that the head can see, mid-level blocks at their full weight: those
/// tell one scene from another of the same kind. At most 1, of a photo with itself.
pub fn likeness(one: &Feature, other: &Feature) -> f64 {
    likeness_of(&one.values(), &other.values())
}

/// The same, for who compares one with several.
pub fn likeness_of(one: &Wide, other: &Wide) -> f64 {
    weighted(inner([one], [other])[0][0], BlockWeights::FULL.shares())
}

/// The kernel of one feature with each of others.
pub(super) fn kernel(one: &Feature, others: &[&Feature], shares: [f64; 3]) -> Vec<f64> {
    let products = table(&[one], others).into_iter().flatten();
    products.map(|it| weighted(it, shares)).collect()
}

/// Inner products of every row with every other, `[rows][others]`.
fn table(rows: &[&Feature], others: &[&Feature]) -> Vec<Vec<Products>> {
    let wide: Vec<Wide> = rows.iter().map(|row| *row.values()).collect();
    let (tiles, rest) = wide.as_chunks::<4>();
    let mut table = vec![Vec::with_capacity(others.len()); rows.len()];
    let (mut one, mut two) = (Box::new([0.0; LENGTH]), Box::new([0.0; LENGTH]));
    let (pairs, single) = others.as_chunks::<2>();
    for [first, second] in pairs {
        first.widen(&mut one);
        second.widen(&mut two);
        let pair = [&*one, &*two];
        let tiled = tiles
            .iter()
            .flat_map(|tile| turned(inner(pair, tile.each_ref())));
        let rest = rest.iter().flat_map(|row| turned(inner(pair, [row])));
        let columns = table.iter_mut().zip(tiled.chain(rest));
        columns.for_each(|(row, values)| row.extend(values));
    }
    for last in single {
        last.widen(&mut one);
        let columns = table.iter_mut().zip(&wide);
        columns.for_each(|(row, values)| row.push(inner([values], [&one])[0][0]));
    }
    table
}

/// Rows as columns.
fn turned<const A: usize, const B: usize>(tile: [[Products; B]; A]) -> [[Products; A]; B] {
    std::array::from_fn(|b| std::array::from_fn(|a| tile[a][b]))
}

/// Inner products of every `a` with every `b`.
fn inner<const A: usize, const B: usize>(a: [&Wide; A], b: [&Wide; B]) -> [[Products; B]; A] {
    let mut result = [[[0.0; 3]; B]; A];
    for (kind, block) in BLOCKS.into_iter().enumerate() {
        let tile =
            products::<f32, 4, A, B>(a.map(|x| &x[block.clone()]), b.map(|x| &x[block.clone()]));
        for i in 0..A {
            for j in 0..B {
                result[i][j][kind] = tile[i][j];
            }
        }
    }
    result
}
